package io.graft.training.checkpoint;

import ai.djl.ndarray.NDArray;
import io.graft.GraftException;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.ModifiedModel;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.array.Shapes;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.problem.FirstFew;
import io.graft.report.ReportJson;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.optimizer.ParameterState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A training as it was at a moment: copies of all values, which wait to be written while the training goes on.
 *
 * @param model the state dict, with what parametrizations own
 * @param optimizer what the optimizer remembers, {@code exp_avg.encoder.weight}, the steps of each parameter, {@code
 *     step.encoder.weight}, and those of the training, {@code steps}
 * @param manifest of the run that made the model
 */
record Snapshot(List<OutputTensor> model, List<OutputTensor> optimizer, TrainingState state, String manifest) {
    static final String STEP = "step.";
    private static final String STEPS = "steps";
    private static final String HELP = "train without `checkpoints`";

    /**
     * @throws GraftException if a tensor is larger than a copy of it can be
     */
    static void requireRoom(ModifiedModel model) {
        Map<String, Long> bytes = new LinkedHashMap<>();
        model.draft()
                .tensors()
                .forEach(tensor -> bytes.put(
                        tensor.name(),
                        tensor.base().dtype().byteCount(tensor.base().shape())));
        requireRoom(bytes);
    }

    /** The same, of tensors of so many bytes. */
    static void requireRoom(Map<String, Long> bytes) {
        List<String> large = bytes.entrySet().stream()
                .filter(each -> each.getValue() > Integer.MAX_VALUE)
                .map(Map.Entry::getKey)
                .toList();
        if (!large.isEmpty()) {
            throw SavedStates.mismatch(
                    "the training cannot be saved: " + FirstFew.names(large) + " of the model "
                            + (large.size() == 1 ? "takes" : "take") + " 2 GiB or more",
                    HELP);
        }
    }

    static Snapshot of(ModifiedModel model, NamedOptimizer optimizer, TrainingState state) throws IOException {
        List<OutputTensor> tensors = model.read(draft -> {
            List<OutputTensor> copies = new ArrayList<>();
            Ties ties = Ties.of(draft.tensors());
            for (DraftTensor tensor : draft.tensors()) {
                if (ties.counts(tensor)) {
                    copies.add(copy(
                            tensor.name(),
                            tensor.base().dtype(),
                            tensor.base().shape(),
                            tensor.base().materialize()));
                }
            }
            return copies;
        });
        Map<String, OutputTensor> sorted = new TreeMap<>();
        // So that there is a tensor, whatever is remembered.
        sorted.put(STEPS, count(STEPS, state.moment().steps()));
        for (Map.Entry<String, ParameterState> each : optimizer.states().entrySet()) {
            String parameter = each.getKey();
            sorted.put(STEP + parameter, count(STEP + parameter, each.getValue().steps()));
            for (Map.Entry<String, NDArray> array : each.getValue().arrays().entrySet()) {
                String name = array.getKey() + "." + parameter;
                sorted.put(name, copy(name, array.getValue()));
            }
        }
        return new Snapshot(
                tensors,
                List.copyOf(sorted.values()),
                state,
                ReportJson.pretty("train", Path.of("")).of(model.report()));
    }

    private static OutputTensor count(String name, long count) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return tensor(name, DType.I64, Shape.of(), bytes.putLong(count).flip());
    }

    private static OutputTensor copy(String name, NDArray array) throws IOException {
        return copy(name, DataTypes.of(array.getDataType()), Shapes.of(array.getShape()), new LiveTensorData(array));
    }

    private static OutputTensor copy(String name, DType dtype, Shape shape, TensorData values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(Math.toIntExact(values.byteCount()));
        values.read(0, bytes);
        return tensor(name, dtype, shape, bytes.flip());
    }

    private static OutputTensor tensor(String name, DType dtype, Shape shape, ByteBuffer bytes) {
        TensorData data = TensorData.of(bytes);
        return new OutputTensor(name, dtype, shape, () -> data);
    }
}
