package io.graft.training.checkpoint;

import io.graft.GraftException;
import io.graft.djl.ModifiedModel;
import io.graft.extension.Thrown;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.training.optimizer.NamedOptimizer;
import io.graft.training.schedule.LearningRates;
import io.graft.training.schedule.TrainingMoment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves a training while it goes on. It stops for as long as its values are copied; a thread of its own writes them, one checkpoint after
 * the other, so that there is memory for one copy, which is kept, and then removes those that are too old, for which nobody waits. What
 * cannot be written is told by a warning in the log; the checkpoints before it stay as they are, and the training goes on.
 */
public final class CheckpointSaver implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointSaver.class);

    private final CheckpointOptions options;
    private final CheckpointFolder folder;
    private final ModifiedModel model;
    private final NamedOptimizer optimizer;
    private final LearningRates rates;
    private final long seed;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "graft-checkpoints");
        thread.setDaemon(true);
        return thread;
    });
    private CopyMemory memory = new CopyMemory();
    private Optional<Future<?>> writing = Optional.empty();
    private volatile Optional<Path> newest = Optional.empty();
    private volatile Optional<Path> best = Optional.empty();
    private volatile double bestValue;

    /**
     * Begins; what a killed process has left half written is removed.
     *
     * @param rates by which the next step is told
     * @param seed of the training
     * @throws IOException if what is in the folder cannot be read
     * @throws GraftException if there can be no such folder, or a tensor of the model is too large to be copied
     */
    public CheckpointSaver(
            CheckpointOptions options, ModifiedModel model, NamedOptimizer optimizer, LearningRates rates, long seed)
            throws IOException {
        this.options = options;
        this.folder = new CheckpointFolder(options.path());
        this.model = model;
        this.optimizer = optimizer;
        this.rates = rates;
        this.seed = seed;
        Snapshot.requireRoom(model);
        requireFolder();
        folder.clean();
        findBest();
    }

    private void requireFolder() {
        try {
            folder.make();
        } catch (IOException unusable) {
            throw new GraftException(
                    List.of(Problem.error(
                                    ProblemCode.CHECK_FAILED,
                                    "the training cannot be saved in " + options.path() + ": "
                                            + Thrown.sentence(unusable),
                                    "give the path of a folder, which is made if it is not there")
                            .at("checkpoints.path", Optional.empty())),
                    unusable);
        }
    }

    /** That of an earlier process, so that it is not given up for a worse one. */
    private void findBest() throws IOException {
        if (options.bestOf().isPresent()) {
            for (Path whole : folder.whole()) {
                SavedTraining.open(whole).value().ifPresent(value -> judge(value, whole));
            }
        }
    }

    private void judge(double value, Path whole) {
        // A NaN, which is better than nothing and which nothing is better than, would stay.
        if (!Double.isNaN(value) && (best.isEmpty() || options.bestIs().isBetter(value, bestValue))) {
            best = Optional.of(whole);
            bestValue = value;
        }
    }

    /** Saves the training if its time has come, after a step. */
    public void afterStep(TrainingMoment moment) {
        if (options.isDueAfterStep(moment.steps())) {
            save(moment, Optional.empty());
        }
    }

    /**
     * Saves the training if its time has come, after an epoch.
     *
     * @param values of evaluators, by their names
     */
    public void afterEpoch(TrainingMoment moment, Map<String, Float> values) {
        if (options.isDueAfterEpoch(moment.epochs())) {
            save(moment, options.bestOf().flatMap(name -> value(name, values)));
        }
    }

    private static Optional<Double> value(String name, Map<String, Float> values) {
        if (!values.containsKey(name)) {
            LOG.warn(
                    "no evaluator is called {}, by which the best checkpoint is kept; there is {}",
                    name,
                    values.isEmpty() ? "none" : values.keySet());
        }
        return Optional.ofNullable(values.get(name)).map(Float::doubleValue);
    }

    private void save(TrainingMoment moment, Optional<Double> value) {
        await();
        memory.reuse();
        Snapshot snapshot;
        try {
            Set<String> slots = new LinkedHashSet<>(optimizer.rule().slots());
            snapshot = Snapshot.of(
                    model,
                    optimizer,
                    new TrainingState(moment, seed, rates.factor(moment.steps()), slots, value),
                    memory);
        } catch (IOException failure) {
            memory = new CopyMemory();
            failed(moment, failure);
            return;
        }
        writing = Optional.of(writer.submit(() -> write(snapshot)));
        writer.execute(this::removeOld);
    }

    private void write(Snapshot snapshot) {
        try {
            Path whole = folder.write(snapshot, options.form(), options.writing());
            snapshot.state().value().ifPresent(value -> judge(value, whole));
            if (newest.isEmpty()) {
                folder.after(whole).ifPresent(this::tellLater);
            }
            newest = Optional.of(whole);
        } catch (IOException | RuntimeException failure) {
            failed(snapshot.state().moment(), failure);
        }
    }

    private void tellLater(Path later) {
        LOG.warn(
                "{} has checkpoints of later steps than this training, up to {}: they stay, and who goes on with the folder goes on with"
                        + " the last of them; remove them, or give another path",
                options.path(),
                later.getFileName());
    }

    private void removeOld() {
        try {
            if (newest.isPresent()) {
                folder.keep(options.keep(), newest.get(), best);
            }
        } catch (IOException | RuntimeException failure) {
            LOG.warn("an old checkpoint is not removed: {}; those after it are whole", Thrown.sentence(failure));
        }
    }

    private void failed(TrainingMoment moment, Exception failure) {
        LOG.warn(
                "the training is not saved at {}: {}; free space or give another path, the checkpoints in {} are as they were",
                moment,
                Thrown.sentence(failure),
                options.path());
    }

    /** Waits until what was copied is written. */
    public void await() {
        try {
            if (writing.isPresent()) {
                writing.get().get();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            // What is being written is still needed.
            memory = new CopyMemory();
        } catch (ExecutionException failure) {
            LOG.warn("a checkpoint was not written", failure.getCause());
        }
        writing = Optional.empty();
    }

    /** Waits until what was copied is written, and what is too old removed. */
    @Override
    public void close() {
        await();
        writer.shutdown();
        try {
            writer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
