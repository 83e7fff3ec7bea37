package io.graft.apply;

import io.graft.ConfiguredSection;
import io.graft.GraftException;
import io.graft.ModelModifier;
import io.graft.ModelOpener;
import io.graft.ModuleForward;
import io.graft.NamedTensor;
import io.graft.OpenedModel;
import io.graft.Plan;
import io.graft.Report;
import io.graft.apply.features.FeatureReport;
import io.graft.apply.features.FeatureRequest;
import io.graft.apply.features.FeatureRun;
import io.graft.apply.output.Execution;
import io.graft.apply.output.OldValues;
import io.graft.apply.output.PartExecution;
import io.graft.apply.output.Schedules;
import io.graft.checkpoint.write.Part;
import io.graft.config.reading.ConfigCursor;
import io.graft.djl.LiveTarget;
import io.graft.djl.ModifiedModel;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundPlug;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that Graft opens itself and how it is modified. Making one reads nothing; what is called on it does, each time anew. No
 * file is changed in place: a run writes another model.
 */
public final class FileRun {
    private final Workshop workshop;
    private final NamedModel model;
    private final ConfigurationSource source;
    private final Schedules schedules;

    FileRun(Workshop workshop, NamedModel model, ConfigurationSource source) {
        this(workshop, model, source, Schedules.OF_MODEL);
    }

    private FileRun(Workshop workshop, NamedModel model, ConfigurationSource source, Schedules schedules) {
        this.workshop = workshop;
        this.model = model;
        this.source = source;
        this.schedules = schedules;
    }

    /** The same, written to a folder, whatever the configuration says of an output. */
    public FileRun output(Path folder) {
        return new FileRun(workshop, model, source.writingTo(Given.notNull(folder, "folder")), schedules);
    }

    /**
     * The same for a caller who {@linkplain #open opens} the model and carries schedules out, which are refused otherwise: the model
     * becomes as it is trained in the first step, and the report tells what is trained when.
     */
    public FileRun scheduled() {
        return new FileRun(workshop, model, source, Schedules.OF_CALLER);
    }

    /**
     * Looks for everything that is wrong with the configuration, without opening a model or a checkpoint. It need not name a model,
     * since whoever uses it may have one.
     *
     * @return its warnings
     * @throws GraftException if it has errors
     */
    public List<Problem> check() {
        return workshop.read(source, model.check()).problems();
    }

    /**
     * The configuration as it is understood, without opening a model or a checkpoint: includes and substitutions resolved, each key
     * under its name of today, the defaults of what it does not say, and no secrets.
     *
     * @return what stands under {@code graft}: maps, lists, texts, numbers, booleans and null
     * @throws GraftException if it has errors
     */
    public Map<String, Object> effective() {
        return EffectiveConfiguration.of(workshop.read(source, model.check()));
    }

    /**
     * The same, with modifiers around those of the configuration, all of them in one run.
     *
     * @param name what plans and reports call them, in place of their own ids
     * @param place what of the configuration asks for them, where their problems are told
     */
    public FileRun surrounded(
            String name,
            ConfigCursor place,
            List<? extends ModelModifier> before,
            List<? extends ModelModifier> after) {
        return new FileRun(
                workshop,
                model,
                new ConfigurationSource.Surrounded(
                        source,
                        Given.notNull(name, "name"),
                        Given.notNull(place, "place"),
                        Given.noneNull(before, "before"),
                        Given.noneNull(after, "after")),
                schedules);
    }

    /**
     * What the configuration says in a section that a jar brings, without opening a model or a checkpoint; empty if it says nothing.
     *
     * @param type the class with {@link io.graft.ConfigurationSection}
     * @throws GraftException if the configuration has errors, in this section or elsewhere
     */
    public <S extends ConfiguredSection> Optional<BoundPlug<S>> section(Class<S> type) {
        return workshop.read(source, model.check()).section(type);
    }

    /**
     * What would be done, from headers and metadata. A plan may hold errors.
     *
     * @throws GraftException if the configuration has errors, or the model cannot be opened
     */
    public Plan plan() {
        Configuration configuration = read(model.demand());
        try (OpenedModel opened = workshop.opening().open(configuration)) {
            return new Run(configuration, opened).plan(new Execution());
        }
    }

    /**
     * Writes the modified model.
     *
     * @throws GraftException if anything fails; nothing was written then
     */
    public Report run() {
        Configuration configuration = read(model.demand().writing().withOutput());
        try (OpenedModel opened = workshop.opening().open(configuration)) {
            return new Run(configuration, opened).carryOut(execution(Schedules.OF_MODEL));
        }
    }

    /**
     * Writes a part of the modified checkpoint's files. Several processes, on several hosts, may write the parts of one output
     * into one folder; whichever ends last adds the index and the manifest, and the folder is then as one {@link #run()} would
     * have left it.
     *
     * @return the part's files, or all of them if this part was the last
     * @throws GraftException if anything fails; nothing of the part was written then
     */
    public Report run(Part part) {
        if (Given.notNull(part, "part").isWhole()) {
            return run();
        }
        Configuration configuration = read(model.demand().withOutput());
        try (OpenedModel opened = workshop.opening().openForParts(configuration)) {
            return new Run(configuration, opened).carryOut(new PartExecution(part, workshop.progress()));
        }
    }

    /**
     * Makes the block that the configuration names and modifies it in memory; nothing is written.
     *
     * @return a handle on the block, for the caller to close
     * @throws GraftException if anything fails, or if the model is no block
     */
    public ModifiedModel open() {
        Configuration configuration = read(model.demand()).withoutOutput();
        OpenedModel opened = workshop.opening().openToRun(configuration);
        try {
            if (!(opened.target() instanceof LiveTarget live)) {
                throw configuration.failure(noBlock(configuration), null);
            }
            Report report = new Run(configuration, opened).carryOut(execution(schedules));
            LiveTarget running = live.running();
            return ModifiedModel.of(running, report, () -> {
                running.release();
                opened.release().run();
            });
        } catch (Throwable failure) {
            opened.close();
            throw failure;
        }
    }

    private static Problem noBlock(Configuration configuration) {
        BoundPlug<ModelOpener> target = configuration.file().model().orElseThrow();
        return target.cursor()
                .error(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "a `" + target.id() + "` model is no block that a program could hold",
                        "run it by forward, or write it by run");
    }

    /**
     * Modifies the model in memory and runs it in inference; nothing is written.
     *
     * @param inputs named {@code 0}, {@code 1}, ... in the order of the model's arguments, or by the arguments' names
     * @return the outputs in order, named {@code 0}, {@code 1}, ...
     * @throws GraftException if anything fails, or if the model cannot be run
     * @throws io.graft.djl.forward.BlockModelException if the inputs are not the model's, or it fails on them
     */
    public List<NamedTensor> forward(List<NamedTensor> inputs) {
        List<NamedTensor> given = Given.noneNull(inputs, "inputs");
        Configuration configuration = read(model.demand()).withoutOutput();
        try (OpenedModel opened = workshop.opening().openToRun(configuration)) {
            new Run(configuration, opened).carryOut(execution(Schedules.OF_MODEL));
            return opened.target().forward().orElseThrow().run(given);
        }
    }

    /**
     * Modifies the model in memory, runs it in inference, and writes what one of its modules gives.
     *
     * @throws GraftException if anything fails, or if the model cannot be run; nothing was written then, as after any other exception
     * @throws io.graft.apply.features.FeatureException if these are no inputs, or if there are no such features
     * @throws io.graft.djl.forward.BlockModelException if the inputs are not the model's, or it fails on them
     * @throws IOException if the file cannot be written
     */
    public FeatureReport featurize(FeatureRequest request) throws IOException {
        FeatureRun features = new FeatureRun(Given.notNull(request, "request"), workshop.progress());
        Configuration configuration = read(model.demand()).withoutOutput();
        try (OpenedModel opened = workshop.opening().openToRun(configuration)) {
            new Run(configuration, opened).carryOut(execution(Schedules.OF_MODEL));
            String module = features.module(opened.target().draft().tree());
            try (ModuleForward forward = opened.target()
                    .forwardAt(module)
                    .orElseThrow(() -> configuration.failure(closed(configuration), null))) {
                return features.carryOut(module, forward);
            }
        }
    }

    private static Problem closed(Configuration configuration) {
        BoundPlug<ModelOpener> target = configuration.file().model().orElseThrow();
        return target.cursor()
                .error(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "nobody can look into a `" + target.id() + "` model, which comes from " + target.origin(),
                        "name one that can be, such as `block-factory`");
    }

    private Execution execution(Schedules carriedOut) {
        return new Execution(workshop.progress(), OldValues.NOBODYS, carriedOut);
    }

    private Configuration read(Demand demand) {
        return model.in(workshop.read(source, demand), workshop.registry());
    }
}
