package io.graft.djl;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.graft.Forward;
import io.graft.NamedTensor;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.array.Shapes;
import io.graft.djl.array.WeightWriter;
import io.graft.extension.Thrown;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * One run of a model's block in inference.
 *
 * @param arguments what the block takes
 * @param called what it is, for messages: {@code the block}
 * @param help what to look at where it fails
 */
record ForwardPass(Model model, Arguments arguments, String called, String help) implements Forward {
    /**
     * What a block takes.
     *
     * @param names in order; known when the block runs
     * @param required how many of them have to be given, at least; the others have values of their own
     */
    record Arguments(Supplier<List<String>> names, ToIntFunction<List<String>> required) {}

    /** Of a native block, which takes all of its arguments. */
    static ForwardPass ofBlock(Model model) {
        return new ForwardPass(
                model,
                new Arguments(() -> model.getBlock().describeInput().keys(), List::size),
                "the block",
                "check their shapes and dtypes against the block's `input-shapes`");
    }

    @Override
    public List<NamedTensor> run(List<NamedTensor> inputs) {
        Block block = model.getBlock();
        List<NamedTensor> ordered = order(inputs);
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDList arguments = new NDList();
            for (NamedTensor input : ordered) {
                arguments.add(array(scope, input));
            }
            return outputs(forward(block, new ParameterStore(scope, false), arguments));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private NDList forward(Block block, ParameterStore parameters, NDList arguments) {
        try {
            return block.forward(parameters, arguments, false);
        } catch (RuntimeException failure) {
            throw refused(called + " fails on the inputs: " + Thrown.sentence(Thrown.root(failure)), help, failure);
        }
    }

    /** Inputs in the order of the block's arguments. */
    private List<NamedTensor> order(List<NamedTensor> inputs) {
        List<String> names = arguments.names().get();
        Map<String, NamedTensor> named = new HashMap<>();
        inputs.forEach(input -> named.put(input.name(), input));
        if (inputs.size() <= names.size()
                && inputs.size() >= arguments.required().applyAsInt(names)) {
            List<NamedTensor> ordered = new ArrayList<>();
            for (int i = 0; i < inputs.size(); i++) {
                NamedTensor byPosition = named.get(String.valueOf(i));
                ordered.add(byPosition == null ? named.get(names.get(i)) : byPosition);
            }
            if (!ordered.contains(null)) {
                return ordered;
            }
        }
        throw refused(
                "the inputs are named " + inputs.stream().map(NamedTensor::name).toList() + ", " + called + " takes "
                        + names,
                "name them 0, 1, ... in this order, or as " + called + " does",
                null);
    }

    private static NDArray array(NDManager scope, NamedTensor input) throws IOException {
        DType dtype = DataTypes.engineSafe(input.dtype())
                .orElseThrow(() -> refused(
                        "input `" + input.name() + "` is of type " + input.dtype() + ", which the engine cannot hold",
                        "convert it to F32 or I64",
                        null));
        TensorData data =
                dtype == input.dtype() ? input.data() : new DTypeConversion(input.data(), input.dtype(), dtype);
        NDArray array = scope.create(
                Shapes.engine(input.shape()), DataTypes.writable(dtype).orElseThrow());
        new WeightWriter().write(array, data);
        return array;
    }

    private static List<NamedTensor> outputs(NDList results) throws IOException {
        List<NamedTensor> outputs = new ArrayList<>();
        for (NDArray result : results) {
            LiveTensorData live = live(result, outputs.size());
            // The array is closed when the run ends, so its bytes are copied out here.
            TensorData copy = TensorData.of(live.window(0, Math.toIntExact(live.byteCount())));
            Shape shape = Shapes.of(result.getShape());
            outputs.add(
                    new NamedTensor(String.valueOf(outputs.size()), DataTypes.of(result.getDataType()), shape, copy));
        }
        return outputs;
    }

    private static LiveTensorData live(NDArray result, int place) {
        try {
            return new LiveTensorData(result);
        } catch (IllegalArgumentException unholdable) {
            throw refused(
                    "output `" + place + "` is of a type that DJL cannot hold",
                    "let the model compute in F32, F16 or F64",
                    unholdable);
        }
    }

    private static BlockModelException refused(String detail, String help, Throwable cause) {
        return new BlockModelException(ProblemCode.MALFORMED_VALUE, "inputs", detail, help, cause);
    }
}
