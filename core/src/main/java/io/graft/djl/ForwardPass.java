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
import io.graft.djl.modified.ModifiedBlock;
import io.graft.extension.Thrown;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** One run of a model's block in inference. */
final class ForwardPass implements Forward {
    private final Model model;

    ForwardPass(Model model) {
        this.model = model;
    }

    @Override
    public List<NamedTensor> run(List<NamedTensor> inputs) {
        Block block = model.getBlock();
        Call call = Call.of(ModifiedBlock.unwrapped(block), inputs);
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDList arguments = new NDList();
            for (int i = 0; i < call.inputs().size(); i++) {
                NDArray array = array(scope, call.inputs().get(i));
                array.setName(call.arguments().get(i));
                arguments.add(array);
            }
            return outputs(forward(block, new ParameterStore(scope, false), arguments), call);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static NDList forward(Block block, ParameterStore parameters, NDList arguments) {
        try {
            return block.forward(parameters, arguments, false);
        } catch (RuntimeException failure) {
            throw refused(
                    "the block fails on the inputs: " + Thrown.sentence(Thrown.root(failure)),
                    "check their shapes and dtypes against the block's `input-shapes`",
                    failure);
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

    private static List<NamedTensor> outputs(NDList results, Call call) throws IOException {
        List<NamedTensor> outputs = new ArrayList<>();
        for (NDArray result : results) {
            LiveTensorData live = new LiveTensorData(result);
            // The array is closed when the run ends, so its bytes are copied out here.
            TensorData copy = TensorData.of(live.window(0, Math.toIntExact(live.byteCount())));
            Shape shape = Shapes.of(result.getShape());
            String name = call.output(outputs.size());
            outputs.add(new NamedTensor(name, DataTypes.of(result.getDataType()), shape, copy));
        }
        return outputs;
    }

    static BlockModelException refused(String detail, String help, Throwable cause) {
        return new BlockModelException(ProblemCode.MALFORMED_VALUE, "inputs", detail, help, cause);
    }
}
