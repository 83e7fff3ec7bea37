package io.graft.training;

import ai.djl.training.TrainingConfig;
import io.graft.GraftException;
import io.graft.ModelModifier;
import io.graft.Plan;
import io.graft.apply.FileRun;
import io.graft.apply.LiveRun;
import io.graft.checkpoint.CheckpointException;
import io.graft.config.reading.ConfigCursor;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundPlug;
import io.graft.training.checkpoint.SavedTraining;
import io.graft.training.strategy.LoadingStrategy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A model that a configuration modifies, and how the same configuration says that it is trained: its section {@code graft.training}.
 *
 * <pre>{@code
 * ModelModifierApplier applier = ModelModifierApplier.create();
 * try (Training training = Training.of(applier.configuration(Path.of("fine-tune.conf")));
 *         ModelTrainer trainer = training.trainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()))) {
 *     EasyTrain.fit(trainer, 3, data, null);
 * }
 * }</pre>
 *
 * <p>What its strategy loads is loaded in the run that modifies the model. Closing it closes the model, if the configuration named it;
 * a model that the caller gave stays the caller's.
 */
public final class Training implements AutoCloseable {
    /** Of a checkpoint and a model. */
    private static final Set<ProblemCode> MISFITS =
            Set.of(ProblemCode.SHAPE_MISMATCH, ProblemCode.MISSING_TENSOR, ProblemCode.UNEXPECTED_TENSOR);

    private final ModifiedModel model;
    private final BoundPlug<TrainingSection> section;
    private final Optional<SavedTraining> saved;

    private Training(ModifiedModel model, BoundPlug<TrainingSection> section, Optional<SavedTraining> saved) {
        this.model = model;
        this.section = section;
        this.saved = saved;
    }

    /**
     * Of the model that the configuration names, which is opened and modified.
     *
     * @throws GraftException if the configuration has errors, or no section {@code training}, or the run fails
     */
    public static Training of(FileRun run) {
        BoundPlug<TrainingSection> section = required(run.section(TrainingSection.class));
        Beginning beginning = Beginning.of(section);
        FileRun whole = run.surrounded(beginning.name(), strategy(section), beginning.before(), beginning.after())
                .scheduled();
        ModifiedModel model = beginning.run(section, whole::open);
        try {
            beginning.requireFitting(section, model.draft().tensors());
            return new Training(model, section, beginning.saved());
        } catch (RuntimeException | Error failure) {
            model.close();
            throw failure;
        }
    }

    /**
     * Of a model of the caller's, which is modified.
     *
     * @throws GraftException if the configuration has errors, or no section {@code training}, or the run fails; the model is as it was
     *     then
     */
    public static Training of(LiveRun run) {
        BoundPlug<TrainingSection> section = required(run.section(TrainingSection.class));
        Beginning beginning = Beginning.of(section);
        LiveRun whole = run.surrounded(beginning.name(), strategy(section), beginning.before(), beginning.after())
                .scheduled();
        if (beginning.saved().isPresent()) {
            // Before the model is changed.
            Plan plan = whole.plan();
            if (plan.isCommittable()) {
                beginning.requireFitting(section, plan.tensors());
            }
        }
        return new Training(beginning.run(section, whole::run), section, beginning.saved());
    }

    /**
     * What the strategy does.
     *
     * @param name what reports call what is loaded
     * @param before the modifiers of the configuration
     * @param after them
     * @param saved the training that is gone on with
     */
    private record Beginning(
            String name, List<ModelModifier> before, List<ModelModifier> after, Optional<SavedTraining> saved) {
        static Beginning of(BoundPlug<TrainingSection> section) {
            Optional<LoadingStrategy> strategy = section.made().options().strategy();
            if (strategy.isEmpty()) {
                return new Beginning("", List.of(), List.of(), Optional.empty());
            }
            try {
                Optional<SavedTraining> saved = strategy.get().saved();
                return new Beginning(
                        strategy.get().type(),
                        strategy.get().before(),
                        strategy.get().after(saved),
                        saved);
            } catch (CheckpointException unusable) {
                throw placed(section, List.of(unusable.problem()), unusable);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }

        /**
         * @throws GraftException if what an optimizer remembered that is to go on does not fit the model
         */
        void requireFitting(BoundPlug<TrainingSection> section, Collection<DraftTensor> model) {
            try {
                saved.ifPresent(training ->
                        training.resumption(model, section.made().options().optimizer()));
            } catch (GraftException unfit) {
                throw placed(section, unfit.problems(), unfit);
            }
        }

        /** What the run gives. Where what is loaded does not fit, that is told at the strategy, with a cure that it has. */
        ModifiedModel run(BoundPlug<TrainingSection> section, Supplier<ModifiedModel> run) {
            try {
                return run.get();
            } catch (GraftException failure) {
                throw new GraftException(
                        failure.problems().stream()
                                .map(problem -> told(section, problem))
                                .toList(),
                        failure);
            }
        }

        private static Problem told(BoundPlug<TrainingSection> section, Problem problem) {
            ConfigCursor at = strategy(section);
            Optional<LoadingStrategy> strategy = section.made().options().strategy();
            if (strategy.isEmpty() || !problem.path().startsWith(at.path())) {
                return problem;
            }
            Problem placed = problem.at(at.path(), at.source());
            return MISFITS.contains(problem.code())
                    ? placed.withHelp(strategy.get().cure())
                    : placed;
        }

        private static GraftException placed(
                BoundPlug<TrainingSection> section, List<Problem> problems, Exception cause) {
            ConfigCursor at = strategy(section).at("checkpoint");
            return new GraftException(
                    problems.stream()
                            .map(problem -> problem.at(at.path(), at.source()))
                            .toList(),
                    cause);
        }
    }

    private static ConfigCursor strategy(BoundPlug<TrainingSection> section) {
        return section.cursor().at("strategy");
    }

    private static BoundPlug<TrainingSection> required(Optional<BoundPlug<TrainingSection>> section) {
        return section.orElseThrow(() -> new GraftException(
                List.of(Problem.error(
                        ProblemCode.MISSING_KEY,
                        "the configuration does not say how the model is trained: it has no section `graft.training`",
                        "write graft.training { optimizer { type = adamw } }")),
                null));
    }

    /** The model as it was modified. */
    public ModifiedModel model() {
        return model;
    }

    /** What the section says. */
    public TrainingOptions options() {
        return section.made().options();
    }

    /**
     * A trainer, ready for its first step; for the caller to close before this.
     *
     * @param config loss, evaluators and listeners; its optimizer is not used, nor are its initializers
     * @throws GraftException if groups or schedules do not fit the model, or nothing is trained in the first step
     */
    public ModelTrainer trainer(TrainingConfig config) {
        try {
            return saved.isPresent()
                    ? ModelTrainer.resume(model, config, options(), saved.get())
                    : ModelTrainer.of(model, config, options());
        } catch (GraftException wrong) {
            throw new GraftException(wrong.problems().stream().map(this::placed).toList(), wrong);
        }
    }

    /** Options of a section do not know where they stand. */
    private Problem placed(Problem problem) {
        if (problem.path().isEmpty()) {
            return problem;
        }
        ConfigCursor at = section.cursor().at(problem.path());
        return problem.at(at.path(), at.source());
    }

    /** Closes the model, if it was opened for this. */
    @Override
    public void close() {
        model.close();
    }
}
