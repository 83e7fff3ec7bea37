package io.graft.training.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.graft.GraftException;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.problem.FirstFew;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A training that was saved, to go on with. */
public final class SavedTraining {
    private final Path folder;
    private final Checkpoint optimizer;
    private final TrainingState state;

    private SavedTraining(Path folder, Checkpoint optimizer, TrainingState state) {
        this.folder = folder;
        this.optimizer = optimizer;
        this.state = state;
    }

    /**
     * The one in a folder.
     *
     * @throws io.graft.checkpoint.CheckpointException if there is none, or one of a newer version
     */
    public static SavedTraining open(Path folder) {
        Path file = folder.resolve(CheckpointFolder.OPTIMIZER + ".safetensors");
        Checkpoint optimizer = Checkpoint.open(file);
        return new SavedTraining(folder, optimizer, TrainingState.of(optimizer.metadata(), file));
    }

    /**
     * The last one of a folder that trainings are saved in; empty if there is none.
     *
     * @throws io.graft.checkpoint.CheckpointException if it cannot be read
     * @throws IOException if the folder cannot be read
     */
    public static Optional<SavedTraining> last(Path folder) throws IOException {
        List<Path> whole = new CheckpointFolder(folder).whole();
        return whole.isEmpty() ? Optional.empty() : Optional.of(open(whole.get(whole.size() - 1)));
    }

    /** The model's state dict, with what parametrizations own. */
    public Path model() {
        return folder.resolve(CheckpointFolder.MODEL + ".safetensors");
    }

    /** Where it was. */
    public TrainingMoment moment() {
        return state.moment();
    }

    /** What the random numbers of each step were drawn from. */
    public long seed() {
        return state.seed();
    }

    /** The value by which the best one is kept; empty if it was not judged. */
    public Optional<Double> value() {
        return state.value();
    }

    /**
     * Lets an optimizer remember what was saved; on an exception it remembers what it did.
     *
     * @throws GraftException if what was saved is of another optimizer, or of other names or shapes than its parameters
     * @throws IOException if it cannot be read
     */
    public void restore(NamedOptimizer to) throws IOException {
        List<String> slots = to.rule().slots();
        String wanted = String.join(",", slots);
        if (!state.optimizer().equals(wanted)) {
            throw mismatch(
                    "the saved optimizer remembers " + shown(state.optimizer()) + ", and this one " + shown(wanted),
                    "take the optimizer that it was saved with");
        }
        Map<String, TensorEntry> stored = optimizer.tensors();
        List<String> problems = new ArrayList<>();
        Map<String, Long> steps = new LinkedHashMap<>();
        for (TensorEntry entry : stored.values()) {
            if (entry.name().startsWith(Snapshot.STEP)) {
                String name = entry.name().substring(Snapshot.STEP.length());
                if (to.names().contains(name)) {
                    check(name, to.parameter(name), slots, stored, problems);
                    steps.put(name, bytes(entry).getLong());
                } else {
                    problems.add("`" + name + "` is no parameter of the model");
                }
            }
        }
        if (!problems.isEmpty()) {
            throw mismatch(
                    "the saved optimizer does not fit the model: " + FirstFew.of(problems, 3),
                    "take the model that it was saved with, or begin without its state");
        }
        for (Map.Entry<String, Long> each : steps.entrySet()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            NDArray like = to.parameter(each.getKey()).getArray();
            for (String slot : slots) {
                TensorEntry entry = stored.get(slot + "." + each.getKey());
                if (entry != null) {
                    arrays.put(slot, array(like, entry));
                }
            }
            to.remember(each.getKey(), each.getValue(), arrays);
        }
    }

    private static void check(
            String name,
            Parameter parameter,
            List<String> slots,
            Map<String, TensorEntry> stored,
            List<String> problems) {
        for (String slot : slots) {
            TensorEntry entry = stored.get(slot + "." + name);
            String shape = Shape.of(parameter.getArray().getShape().getShape()).toString();
            if (entry == null) {
                problems.add("`" + slot + "." + name + "` is missing");
            } else if (!entry.shape().toString().equals(shape)) {
                problems.add("`" + slot + "." + name + "` is " + entry.shape() + ", and the parameter " + shape);
            }
        }
    }

    private static String shown(String slots) {
        return slots.isEmpty() ? "nothing" : "`" + slots.replace(",", "`, `") + "`";
    }

    private static GraftException mismatch(String message, String help) {
        return new GraftException(List.of(Problem.error(ProblemCode.TRAINING_STATE, message, help)), null);
    }

    private static ByteBuffer bytes(TensorEntry entry) throws IOException {
        TensorData data = entry.data();
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Math.toIntExact(data.byteCount())).order(ByteOrder.LITTLE_ENDIAN);
        data.read(0, bytes);
        return bytes.flip();
    }

    private static NDArray array(NDArray like, TensorEntry entry) throws IOException {
        NDManager manager = like.getManager();
        try (NDArray made = manager.create(bytes(entry), like.getShape(), like.getDataType())) {
            // The engine's own memory in place of Java's.
            return made.duplicate();
        }
    }
}
