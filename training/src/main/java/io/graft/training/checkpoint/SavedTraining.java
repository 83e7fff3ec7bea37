package io.graft.training.checkpoint;

import ai.djl.ndarray.NDArray;
import io.graft.GraftException;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.SavedProgress;
import io.graft.djl.array.EngineArrays;
import io.graft.model.DraftTensor;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.optimizer.OptimizerRule;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training that was saved, to go on with: by a {@link CheckpointSaver}, or by PyTorch or Lightning in a file of {@code torch.save}.
 */
public final class SavedTraining {
    private final Path model;
    private final TrainingMoment moment;
    private final Optional<Long> seed;
    private final Optional<Double> value;
    private final SavedStates states;

    private SavedTraining(
            Path model, TrainingMoment moment, Optional<Long> seed, Optional<Double> value, SavedStates states) {
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
        if (Files.isRegularFile(PytorchForm.file(folder))) {
            return ofPytorch(PytorchForm.file(folder), false);
        }
        Path file = SafetensorsForm.optimizer(folder);
        Checkpoint optimizer = Checkpoint.open(file);
        TrainingState state = TrainingState.of(optimizer.metadata(), file);
        return new SavedTraining(
                SafetensorsForm.model(folder),
                state.moment(),
                Optional.of(state.seed()),
                state.value(),
                new OwnStates(optimizer, state.slots()));
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
        Checkpoint model = Checkpoint.open(file);
        List<String> order = List.copyOf(model.tensors().keySet());
        Optional<TrainingState> own = TrainingState.find(model.metadata(), file);
        return new SavedTraining(
                file,
                own.map(TrainingState::moment)
                        .orElseGet(() -> new TrainingMoment(progress.epochs().orElse(0L), steps, progress.batches())),
                own.map(TrainingState::seed),
                own.flatMap(TrainingState::value),
                progress.optimizers().stream()
                        .<SavedStates>map(optimizer -> new PytorchStates(optimizer, steps, order))
                        .findFirst()
                        .orElse(SavedStates.NONE));
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
     * What an optimizer of a model would go on with.
     *
     * @param model the state dict, as it is or as it will be
     * @throws GraftException if what was saved is of another optimizer, or of other names, shapes or types than its parameters
     */
    public Resumption resumption(Collection<DraftTensor> model, OptimizerRule rule) {
        return fit(OptimizedParameter.of(model), rule).told();
    }

    private StateFit fit(Map<String, OptimizedParameter> parameters, OptimizerRule rule) {
        return StateFit.of(states, parameters, rule.slots());
    }

    /**
     * Lets an optimizer remember what was saved of the parameters that it has; on an exception it remembers what it did.
     *
     * @throws GraftException if what was saved is of another optimizer, or of other names, shapes or types than its parameters
     * @throws IOException if it cannot be read
     */
    public Resumption restore(NamedOptimizer to) throws IOException {
        StateFit fit = fit(OptimizedParameter.of(to), to.rule());
        for (Map.Entry<String, SavedStates.State> each : fit.states().entrySet()) {
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
        return fit.told();
    }
}
