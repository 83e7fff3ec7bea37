package io.graft.training.checkpoint;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.graft.GraftException;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.SavedProgress;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.EngineArrays;
import io.graft.djl.array.Shapes;
import io.graft.problem.FirstFew;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A training that was saved, to go on with: by a {@link CheckpointSaver}, or by PyTorch or Lightning in a file of {@code torch.save}.
 */
public final class SavedTraining {
    private final Path model;
    private final TrainingMoment moment;
    private final Optional<Long> seed;
    private final Optional<Double> value;
    private final Optional<SavedStates> states;

    private SavedTraining(
            Path model,
            TrainingMoment moment,
            Optional<Long> seed,
            Optional<Double> value,
            Optional<SavedStates> states) {
        this.model = model;
        this.moment = moment;
        this.seed = seed;
        this.value = value;
        this.states = states;
    }

    /**
     * The one in a folder, or in a file of PyTorch's or Lightning's.
     *
     * @throws io.graft.checkpoint.CheckpointException if there is none, or one of a newer version, or a file without the state of an
     *     optimizer
     */
    public static SavedTraining open(Path path) {
        return open(path, false);
    }

    /**
     * As {@link #open(Path)}.
     *
     * @param allowMissingOptimizer whether a file of PyTorch's may have no state of an optimizer, which then begins anew
     */
    public static SavedTraining open(Path path, boolean allowMissingOptimizer) {
        return Files.isRegularFile(path) ? ofPytorch(path, allowMissingOptimizer) : own(path);
    }

    private static SavedTraining own(Path folder) {
        Path file = folder.resolve(CheckpointFolder.OPTIMIZER + ".safetensors");
        Checkpoint optimizer = Checkpoint.open(file);
        TrainingState state = TrainingState.of(optimizer.metadata(), file);
        return new SavedTraining(
                folder.resolve(CheckpointFolder.MODEL + ".safetensors"),
                state.moment(),
                Optional.of(state.seed()),
                state.value(),
                Optional.of(new OwnStates(optimizer, state.slots())));
    }

    private static SavedTraining ofPytorch(Path file, boolean allowMissingOptimizer) {
        SavedProgress progress = SavedProgress.open(file);
        int optimizers = progress.optimizers().size();
        if (optimizers > 1 || (optimizers == 0 && !allowMissingOptimizer)) {
            throw new CheckpointException(
                    CheckpointException.Reason.UNSUPPORTED,
                    file,
                    optimizers == 0
                            ? "it holds no state of an optimizer"
                            : "it holds the states of " + optimizers + " optimizers, and a training here has one",
                    optimizers == 0
                            ? "save `optimizer.state_dict()` beside the model, set `allow-missing-optimizer`, or begin anew with the"
                                    + " strategy `weights-only`"
                            : "save one of them, or begin anew with the strategy `weights-only`");
        }
        long steps = progress.steps().orElse(0L);
        List<String> order = List.copyOf(Checkpoint.open(file).tensors().keySet());
        return new SavedTraining(
                file,
                new TrainingMoment(progress.epochs().orElse(0L), steps, progress.batches()),
                Optional.empty(),
                Optional.empty(),
                progress.optimizers().stream()
                        .<SavedStates>map(optimizer -> new PytorchStates(optimizer, steps, order))
                        .findFirst());
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
        return model;
    }

    /** Where it was. */
    public TrainingMoment moment() {
        return moment;
    }

    /** What the random numbers of each step were drawn from; empty if another program drew them. */
    public Optional<Long> seed() {
        return seed;
    }

    /** The value by which the best one is kept; empty if it was not judged. */
    public Optional<Double> value() {
        return value;
    }

    /**
     * Lets an optimizer remember what was saved; on an exception it remembers what it did.
     *
     * @throws GraftException if what was saved is of another optimizer, or of other names, shapes or types than its parameters
     * @throws IOException if it cannot be read
     */
    public void restore(NamedOptimizer to) throws IOException {
        if (states.isEmpty()) {
            return;
        }
        Set<String> slots = states.get().slots();
        List<String> wanted = to.rule().slots();
        Map<String, SavedStates.State> byName = states.get().byName(to);
        if (!slots.equals(Set.copyOf(wanted)) && !(slots.isEmpty() && byName.isEmpty())) {
            throw SavedStates.mismatch(
                    "the saved optimizer remembers " + shown(slots) + ", and this one " + shown(wanted),
                    "take the optimizer that it was saved with");
        }
        List<String> problems = new ArrayList<>();
        byName.forEach((name, state) -> {
            if (to.names().contains(name)) {
                check(name, to.parameter(name), wanted, state.arrays(), problems);
            } else {
                problems.add("`" + name + "` is no parameter of the model");
            }
        });
        if (!problems.isEmpty()) {
            throw SavedStates.mismatch(
                    "the saved optimizer does not fit the model: " + FirstFew.of(problems, 3),
                    "take the model that it was saved with, or begin anew with the strategy `weights-only`");
        }
        for (Map.Entry<String, SavedStates.State> each : byName.entrySet()) {
            Map<String, NDArray> arrays = new LinkedHashMap<>();
            NDArray like = to.parameter(each.getKey()).getArray();
            for (Map.Entry<String, TensorEntry> array : each.getValue().arrays().entrySet()) {
                TensorEntry entry = array.getValue();
                arrays.put(
                        array.getKey(),
                        EngineArrays.create(like.getManager(), entry.dtype(), entry.shape(), entry.data()));
            }
            to.remember(each.getKey(), each.getValue().steps(), arrays);
        }
    }

    private static void check(
            String name,
            Parameter parameter,
            List<String> slots,
            Map<String, TensorEntry> stored,
            List<String> problems) {
        Shape shape = Shapes.of(parameter.getArray().getShape());
        DType dtype = DataTypes.of(parameter.getArray().getDataType());
        for (String slot : slots) {
            TensorEntry entry = stored.get(slot);
            if (entry == null) {
                problems.add("`" + slot + "." + name + "` is missing");
            } else if (!entry.shape().equals(shape)) {
                problems.add("`" + slot + "." + name + "` is " + entry.shape() + ", and the parameter " + shape);
            } else if (entry.dtype() != dtype) {
                problems.add("`" + slot + "." + name + "` is " + entry.dtype() + ", and the parameter " + dtype);
            }
        }
    }

    private static String shown(Collection<String> slots) {
        return slots.isEmpty() ? "nothing" : "`" + String.join("`, `", slots) + "`";
    }
}
