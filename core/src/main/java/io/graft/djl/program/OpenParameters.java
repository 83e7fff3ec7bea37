package io.graft.djl.program;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.TensorEntry;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.Shapes;
import io.graft.djl.tree.BlockTensor;
import io.graft.tensor.LazyTensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The parameters of an open program, by the names that its archive has for them. */
final class OpenParameters {
    private static final String NOTHING = "nothing";

    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private final Map<String, String> first = new HashMap<>();
    private final boolean fixed;

    private OpenParameters(boolean fixed) {
        this.fixed = fixed;
    }

    /**
     * Finds them; of a tensor that has several names, DJL may have some.
     *
     * @throws IllegalArgumentException if the program is another one than the archive's
     */
    static OpenParameters of(Block block, Checkpoint archive, String uri) {
        OpenParameters parameters = new OpenParameters(isFixed(block));
        Map<String, Parameter> left = new LinkedHashMap<>();
        block.getParameters().forEach(pair -> left.put(pair.getKey(), pair.getValue()));
        Map<String, Parameter> open = Map.copyOf(left);
        archive.ties().forEach(names -> names.forEach(name -> parameters.first.put(name, names.get(0))));
        for (TensorEntry entry : archive.stored().values()) {
            if (entry.declared().filter(kind -> kind != DeclaredKind.BUFFER).isPresent()) {
                String name = entry.name();
                Parameter found = open.getOrDefault(name, open.get(parameters.first.getOrDefault(name, name)));
                String wanted = entry.dtype() + " " + entry.shape();
                String given = found == null ? NOTHING : text(found.getArray(), entry);
                if (!given.equals(wanted)) {
                    throw other(uri, name, wanted, given);
                }
                parameters.byName.put(name, found);
                left.remove(name);
            }
        }
        left.forEach((name, parameter) -> {
            throw other(
                    uri,
                    name,
                    NOTHING,
                    Shapes.of(parameter.getArray().getShape()).toString());
        });
        return parameters;
    }

    private static IllegalArgumentException other(String uri, String name, String inFile, String inModel) {
        return new IllegalArgumentException("the open model was loaded from another archive than `" + uri + "`: `"
                + name + "` is " + inFile + " in the file and " + inModel + " in the model");
    }

    /** DJL does not tell dtypes that it does not know. */
    private static String text(NDArray array, TensorEntry entry) {
        return (isVisible(entry) ? DataTypes.of(array.getDataType()) : entry.dtype()) + " "
                + Shapes.of(array.getShape());
    }

    /** Whether DJL knows a tensor's dtype, so that its values can be read and written. */
    private static boolean isVisible(TensorEntry entry) {
        return DataTypes.writable(entry.dtype()).isPresent();
    }

    private static boolean isFixed(Block block) {
        for (Parameter parameter : block.getParameters().values()) {
            NDArray array = parameter.getArray();
            if (array.getDataType().isFloating()) {
                boolean tracked = array.hasGradient();
                try {
                    array.setRequiresGradient(true);
                    array.setRequiresGradient(tracked);
                    return false;
                } catch (RuntimeException refused) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the engine has made tensors that nothing can be done with outside of its inference mode. */
    boolean areFixed() {
        return fixed;
    }

    /** The parameter of a name; empty for a buffer. */
    Optional<Parameter> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The values of a parameter as they are now; empty if DJL does not show them. */
    Optional<LazyTensor> live(TensorEntry entry) {
        // DJL has a parameter for each name of a tensor, and the tensor is one.
        return find(first.getOrDefault(entry.name(), entry.name()))
                .filter(parameter -> isVisible(entry))
                .map(parameter -> new BlockTensor(entry.name(), parameter, entry.dtype(), entry.shape()));
    }
}
