package io.graft.apply;

import ai.djl.Model;
import ai.djl.nn.Block;
import com.typesafe.config.Config;
import io.graft.GraftException;
import io.graft.apply.schema.ConfigurationSchema;
import io.graft.checkpoint.Progress;
import io.graft.config.reading.ConfigOverrides;
import io.graft.registry.PlugRegistry;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Modifies models: in full, or not at all. Say which model, then how, then what is to be done.
 *
 * <pre>{@code
 * ModelModifierApplier applier = ModelModifierApplier.create();
 * applier.model(model).configuration(Path.of("fine-tune.conf")).run();         // a live model
 * applier.model(block).configuration(new FreezingModelModifier(options)).run() // without a file
 *         .block();
 * applier.configuration(Path.of("merge.conf")).run();                          // the model that the file names
 * }</pre>
 *
 * <p>Each step gives an immutable object, and nothing is read before the last one. Whatever fails, a live model is bit for bit as it
 * was and the files are, too; a model that cannot be put back is told as the problem {@code roll-back-failed}. What is wrong is told
 * by one {@link GraftException} with every problem that was found.
 *
 * <p>Instances are immutable and may be shared between threads.
 */
public final class ModelModifierApplier {
    private final PlugRegistry registry;
    private final ClassLoader loader;
    private final Workshop workshop;

    private ModelModifierApplier(PlugRegistry registry, ClassLoader loader, Progress progress) {
        this.registry = registry;
        this.loader = loader;
        this.workshop = new Workshop(
                registry, new Configurations(registry, loader, progress), new ModelOpening(loader), progress);
    }

    /** With the modifiers that the thread's context class loader finds. */
    public static ModelModifierApplier create() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return create(context == null ? ModelModifierApplier.class.getClassLoader() : context);
    }

    /**
     * With the modifiers, checkpoint formats, sources and block factories that a class loader finds; {@link
     * io.graft.extension.LoadedExtensions} is one.
     */
    public static ModelModifierApplier create(ClassLoader loader) {
        return new ModelModifierApplier(PlugRegistry.discover(Given.notNull(loader, "loader")), loader, Progress.NONE);
    }

    /** The same, whose downloads of checkpoints and writing of files are watched. */
    public ModelModifierApplier watchedBy(Progress progress) {
        return new ModelModifierApplier(registry, loader, Given.notNull(progress, "progress"));
    }

    /**
     * The block of a model, which gets the modified block. A TorchScript program is saved to a temporary file for it; {@link
     * #model(Model, Path)} spares that.
     */
    public GivenModel<LiveRun> model(Model model) {
        return live(new LiveModel.OfModel(Given.notNull(model, "model")));
    }

    /**
     * The TorchScript program of a model. What was trained since it was loaded keeps its values.
     *
     * @param archive that it was loaded from
     */
    public GivenModel<LiveRun> model(Model model, Path archive) {
        return live(new LiveModel.OfProgram(Given.notNull(model, "model"), Given.notNull(archive, "archive")));
    }

    /**
     * A block that has values. Parametrizations wrap it in another one: what a run gives has {@linkplain
     * io.graft.djl.ModifiedModel#block the block} to use from then on.
     */
    public GivenModel<LiveRun> model(Block block) {
        return live(new LiveModel.OfBlock(Given.notNull(block, "block")));
    }

    /**
     * A checkpoint, which is not changed: a run writes another one.
     *
     * @param checkpoint a file, or a folder with one or with its shards
     */
    public GivenModel<FileRun> model(Path checkpoint) {
        NamedModel named = new NamedModel.InFiles(Given.notNull(checkpoint, "checkpoint"));
        return new GivenModel<>(source -> new FileRun(workshop, named, source));
    }

    /**
     * The model that a HOCON file names. System properties and the environment do not count.
     *
     * @param file relative paths in it count from its folder
     */
    public FileRun configuration(Path file) {
        return configured().configuration(file);
    }

    /**
     * The model that a HOCON file names.
     *
     * @param overrides what is laid over the file; {@link ConfigOverrides#ofProcess} has what the command line has
     */
    public FileRun configuration(Path file, ConfigOverrides overrides) {
        return configured().configuration(file, overrides);
    }

    /**
     * The model that a configuration in memory names.
     *
     * @param config the root of a configuration; relative paths in it that come from no file are relative to the
     *     working directory
     */
    public FileRun configuration(Config config) {
        return configured().configuration(config);
    }

    /**
     * The JSON Schema (2020-12) of the configurations that this reads, with the options of every modifier that is found. It knows
     * the form of a configuration, not what a file of it or a substitution holds: {@link FileRun#check} tells more.
     *
     * @throws GraftException if the schema that a modifier brings is malformed
     * @throws IOException if the jar of a modifier can no longer be read
     */
    public String schema() throws IOException {
        return ConfigurationSchema.of(registry);
    }

    private GivenModel<LiveRun> live(LiveModel model) {
        return new GivenModel<>(source -> new LiveRun(workshop, model, source));
    }

    private GivenModel<FileRun> configured() {
        return new GivenModel<>(source -> new FileRun(workshop, new NamedModel.Configured(), source));
    }
}
