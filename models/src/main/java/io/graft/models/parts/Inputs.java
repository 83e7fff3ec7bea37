package io.graft.models.parts;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.PairList;
import io.graft.djl.forward.Signature;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model was called with: arrays that have the names of inputs are these, others go by their order. */
public final class Inputs {
    private final Signature signature;
    private final @Nullable NDArray[] arrays;

    /**
     * @throws IllegalArgumentException if the arrays are not the model's inputs
     */
    public Inputs(Signature signature, NDList given) {
        this.signature = signature;
        this.arrays = new NDArray[signature.inputs().size()];
        List<String> names = given.stream().map(NDArray::getName).toList();
        boolean named = names.stream()
                        .allMatch(name -> name != null && signature.inputs().contains(name))
                && names.stream().distinct().count() == names.size();
        if (given.size() > arrays.length) {
            throw new IllegalArgumentException(given.size() + " inputs, at most " + signature.inputs() + " are taken");
        }
        for (int i = 0; i < given.size(); i++) {
            arrays[named ? signature.inputs().indexOf(names.get(i)) : i] = given.get(i);
        }
        int missing = Arrays.asList(arrays).subList(0, signature.required()).indexOf(null);
        if (missing >= 0) {
            throw new IllegalArgumentException(
                    "the input `" + signature.inputs().get(missing) + "` is missing");
        }
    }

    /** What a model says of its inputs before it was run. */
    public static PairList<String, Shape> describe(Signature signature, Shape each) {
        PairList<String, Shape> inputs = new PairList<>();
        signature.inputs().forEach(name -> inputs.add(name, each));
        return inputs;
    }

    /** An input, or null if it was left out. */
    @Nullable
    public NDArray find(int index) {
        return arrays[index];
    }

    /** An input that is there. */
    public NDArray get(int index) {
        return arrays[index];
    }

    /**
     * An input of indices, or null if it was left out.
     *
     * @throws IllegalArgumentException if it has other numbers than whole ones
     */
    @Nullable
    public NDArray indices(int index) {
        NDArray array = arrays[index];
        if (array != null && !array.getDataType().isInteger()) {
            throw new IllegalArgumentException("`" + signature.inputs().get(index) + "` is of type "
                    + array.getDataType() + ": indices are whole numbers");
        }
        return array == null ? null : array.toType(DataType.INT64, false);
    }
}
