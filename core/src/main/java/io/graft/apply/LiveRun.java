package io.graft.apply;

import io.graft.ConfiguredSection;
import io.graft.GraftException;
import io.graft.ModelModifier;
import io.graft.OpenedModel;
import io.graft.Plan;
import io.graft.apply.output.Execution;
import io.graft.apply.output.OldValues;
import io.graft.apply.output.Schedules;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Progress;
import io.graft.config.reading.ConfigCursor;
import io.graft.djl.LiveTarget;
import io.graft.djl.ModifiedModel;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundPlug;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A live model and how it is modified. Making one reads nothing; {@link #plan} and {@link #run} do, each time anew.
 *
 * <p>A model must not be used by others while it is modified, and is refused to a second run at the same time. An interrupt does not
 * stop a run, and stays.
 */
public final class LiveRun {
    private final Workshop workshop;
    private final LiveModel model;
    private final ConfigurationSource source;
    private final Schedules schedules;
    private final boolean undo;

    LiveRun(Workshop workshop, LiveModel model, ConfigurationSource source) {
        this(workshop, model, source, Schedules.OF_MODEL, true);
    }

    private LiveRun(Workshop workshop, LiveModel model, ConfigurationSource source, Schedules schedules, boolean undo) {
        this.workshop = workshop;
        this.model = model;
        this.source = source;
        this.schedules = schedules;
        this.undo = undo;
    }

    /** The same; the modified state dict is written to a folder, too, whatever the configuration says of an output. */
    public LiveRun output(Path folder) {
        return new LiveRun(workshop, model, source.writingTo(Given.notNull(folder, "folder")), schedules, undo);
    }

    /**
     * The same; without undo ({@code false}), the old values of a block's parameters are not kept while new ones are written, which takes
     * less time and no room in temporary files. Files are then published before the model changes. A failure before the first value
     * is written leaves the model as it was; after it, values are mixed: the problem {@code roll-back-failed} tells so, and every
     * forward of the model's block throws and names the cause. The report says that it was done without.
     */
    public LiveRun undo(boolean kept) {
        return new LiveRun(workshop, model, source, schedules, kept);
    }

    /**
     * The same for a caller who carries schedules out, which are refused otherwise: the model becomes as it is trained in the first
     * step, and the report tells what is trained when.
     */
    public LiveRun scheduled() {
        return new LiveRun(workshop, model, source, Schedules.OF_CALLER, undo);
    }

    /**
     * The same, with modifiers around those of the configuration, all of them in one run.
     *
     * @param name what plans and reports call them, in place of their own ids
     * @param place what of the configuration asks for them, where their problems are told
     */
    public LiveRun surrounded(
            String name,
            ConfigCursor place,
            List<? extends ModelModifier> before,
            List<? extends ModelModifier> after) {
        return new LiveRun(
                workshop,
                model,
                new ConfigurationSource.Surrounded(
                        source,
                        Given.notNull(name, "name"),
                        Given.notNull(place, "place"),
                        Given.noneNull(before, "before"),
                        Given.noneNull(after, "after")),
                schedules,
                undo);
    }

    /**
     * What the configuration says in a section that a jar brings, without opening a model or a checkpoint; empty if it says nothing.
     *
     * @param type the class with {@link io.graft.ConfigurationSection}
     * @throws GraftException if the configuration has errors, in this section or elsewhere
     */
    public <S extends ConfiguredSection> Optional<BoundPlug<S>> section(Class<S> type) {
        return workshop.read(source, Demand.of(Demand.Model.GIVEN)).section(type);
    }

    /**
     * What would be done, from headers and metadata. A plan may hold errors.
     *
     * @throws GraftException if the configuration has errors, or the model cannot be planned for
     */
    public Plan plan() {
        Configuration configuration = workshop.read(source, Demand.of(Demand.Model.GIVEN));
        try (OpenedModel opened = opened(target(configuration))) {
            return new Run(configuration, opened).plan(execution());
        }
    }

    /**
     * Changes the model, and writes it if there is an output.
     *
     * @return a handle on the model as it is now; a block that got parametrizations is another one, {@link ModifiedModel#block}
     * @throws GraftException if anything fails; the model is bit for bit as it was then, and so are the files, unless a problem is
     *     {@code roll-back-failed}, or says that the output is written
     */
    public ModifiedModel run() {
        Configuration configuration =
                workshop.read(source, Demand.of(Demand.Model.GIVEN).writing());
        if (!undo && !model.canBeClosedOff()) {
            throw configuration.failure(
                    Problem.error(
                            ProblemCode.UNSUPPORTED_CHANGE,
                            "a block on its own cannot be changed without undo, because nothing would keep others from computing"
                                    + " with it should the run fail",
                            "put it into a `Model` and modify that, or let undo be true"),
                    null);
        }
        LiveTarget target = target(configuration);
        try (OpenedModel opened = opened(target)) {
            return ModifiedModel.of(target, new Run(configuration, opened).carryOut(execution()));
        }
    }

    private Execution execution() {
        return new Execution(Progress.NONE, undo ? OldValues.KEPT : OldValues.GIVEN_UP, schedules);
    }

    private static OpenedModel opened(LiveTarget target) {
        return OpenedModel.of(target, target::release);
    }

    private LiveTarget target(Configuration configuration) {
        try {
            return model.target();
        } catch (IllegalArgumentException unusable) {
            throw configuration.failure(Failures.unusableModel(unusable), unusable);
        } catch (CheckpointException unusable) {
            throw configuration.failure(unusable.problem(), unusable);
        }
    }
}
