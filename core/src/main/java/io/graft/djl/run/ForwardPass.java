package io.graft.djl.run;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.graft.Forward;
import io.graft.NamedTensor;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.EngineFailure;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.array.Shapes;
import io.graft.djl.array.WeightWriter;
import io.graft.djl.forward.BlockModelException;
import io.graft.djl.forward.Signature;
import io.graft.djl.forward.SignedBlock;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of a model's block in inference.
 *
 * @param signature what the block takes and gives; known when the block runs
 * @param called what it is, for messages: {@code the block}
 * @param help what to look at where it fails
 */
public record ForwardPass(Model model, Supplier<Signature> signature, String called, String help) implements Forward {
    /** Of a native block, which takes all of its arguments unless it says otherwise. */
    public static ForwardPass ofBlock(Model model) {
        return new ForwardPass(
                model,
                () -> signature(ModifiedBlock.unwrapped(model.getBlock())),
                "the block",
                "check their shapes and dtypes against the block's `input-shapes`");
    }

    private static Signature signature(Block block) {
        if (block instanceof SignedBlock signed) {
            return signed.signature();
        }
        List<String> arguments = block.describeInput().keys();
        return new Signature(arguments, arguments.size(), List.of());
    }

    @Override
    public List<NamedTensor> run(List<NamedTensor> inputs) {
        return run(inputs, (outputs, call) -> outputs(outputs, call::output));
    }

    /** What is taken of one run. */
    @FunctionalInterface
    public interface Taken {
        /**
         * @param outputs of the block, which are closed when the run ends
         */
        List<NamedTensor> of(NDList outputs, Call call) throws IOException;
    }

    public List<NamedTensor> run(List<NamedTensor> inputs, Taken taken) {
        Block block = model.getBlock();
        boolean byName = ModifiedBlock.unwrapped(block) instanceof SignedBlock;
        Call call = Call.of(inputs, signature.get(), byName, called);
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDList arguments = new NDList();
            for (int i = 0; i < call.inputs().size(); i++) {
                NDArray array = array(scope, call.inputs().get(i));
                if (byName) {
                    array.setName(call.arguments().get(i));
                }
                arguments.add(array);
            }
            NDList outputs = forward(block, new ParameterStore(scope, false), arguments);
            if (outputs == null || outputs.stream().anyMatch(Objects::isNull)) {
                throw refused(
                        called + " gives null in place of an array", "let its `forwardInternal` give arrays", null);
            }
            return taken.of(outputs, call);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private @Nullable NDList forward(Block block, ParameterStore parameters, NDList arguments) {
        try {
            return block.forward(parameters, arguments, false);
        } catch (ModuleOutput.Reached reached) {
            return new NDList();
        } catch (RuntimeException | LinkageError | StackOverflowError | AssertionError failure) {
            throw refused(called + " fails on the inputs: " + EngineFailure.sentence(failure), help, failure);
        }
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

    /**
     * Arrays as tensors, which are there when the arrays are closed.
     *
     * @param names of each by its position
     */
    public static List<NamedTensor> outputs(NDList results, IntFunction<String> names) throws IOException {
        List<NamedTensor> outputs = new ArrayList<>();
        for (NDArray result : results) {
            LiveTensorData live = live(result, outputs.size());
            // The array is closed when the run ends, so its bytes are copied out here.
            TensorData copy = TensorData.of(live.window(0, Math.toIntExact(live.byteCount())));
            Shape shape = Shapes.of(result.getShape());
            String name = names.apply(outputs.size());
            outputs.add(new NamedTensor(name, DataTypes.of(result.getDataType()), shape, copy));
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

    public static BlockModelException refused(String detail, String help, Throwable cause) {
        return new BlockModelException(ProblemCode.MALFORMED_VALUE, "inputs", detail, help, cause);
    }
}
