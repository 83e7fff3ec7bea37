package io.graft.apply;

import ai.djl.Model;
import ai.djl.nn.Block;
import com.typesafe.config.Config;
import io.graft.GraftException;
import io.graft.OpenedModel;
import io.graft.Plan;
import io.graft.Report;
import io.graft.checkpoint.source.FetchProgress;
import io.graft.checkpoint.write.Part;
import io.graft.config.ConfigOverrides;
import io.graft.djl.BlockModel;
import io.graft.djl.BlockTarget;
import io.graft.problem.Problem;
import io.graft.registry.ModifierRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Modifies models as a configuration says: in full, or not at all.
 *
 * <pre>{@code
 * Report report = ModelModifierApplier.create().process(model, Path.of("fine-tune.conf"));
 * }</pre>
 *
 * <ul>
 *   <li>{@code process} changes a live DJL model. If the configuration has an {@code output}, the modified state dict
 *       is written there too; a {@code model} section is not needed.
 *   <li>{@code apply} opens the model that the configuration names and writes the modified one; no file is changed
 *       in place.
 *   <li>{@code plan} tells what either would do, from headers and metadata. A plan may hold errors.
 *   <li>{@code check} only reads the configuration.
 * </ul>
 *
 * <p>Whatever fails, a live model is bit for bit as it was and the files are, too; a model that cannot be put back is told as the
 * problem {@code roll-back-failed}. What is wrong is told by one {@link GraftException} with every problem that was found. Where no overrides are given, system properties below {@code
 * graft} and the environment count, as on the command line.
 *
 * <p>Instances are immutable and may be shared between threads; a model must not be used by others while it is
 * processed, and is refused to a second run at the same time. An interrupt does not stop {@code process}, and stays.
 */
public final class ModelModifierApplier {
    private final ModifierRegistry registry;
    private final ClassLoader loader;
    private final Configurations configurations;
    private final ModelOpener opener;
    private final Execution execution = new Execution();

    private ModelModifierApplier(ModifierRegistry registry, ClassLoader loader, FetchProgress progress) {
        this.registry = registry;
        this.loader = loader;
        this.configurations = new Configurations(registry, loader, progress);
        this.opener = new ModelOpener(loader);
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
        return new ModelModifierApplier(ModifierRegistry.discover(loader), loader, FetchProgress.NONE);
    }

    /** The same, whose downloads of checkpoints are watched. */
    public ModelModifierApplier watchedBy(FetchProgress progress) {
        return new ModelModifierApplier(registry, loader, progress);
    }

    /** Modifies the block of a model. */
    public Report process(Model model, Path config) {
        return process(configurations.read(config, ofProcess(), Demand.PROCESS), () -> BlockTarget.of(model));
    }

    /**
     * Modifies the block of a model.
     *
     * @param config the root of a configuration; relative paths in it that come from no file are relative to the
     *     working directory
     */
    public Report process(Model model, Config config) {
        return process(configurations.of(config, Demand.PROCESS), () -> BlockTarget.of(model));
    }

    /** Modifies a block that has values. */
    public Report process(Block block, Path config) {
        return process(configurations.read(config, ofProcess(), Demand.PROCESS), () -> BlockTarget.of(block));
    }

    /** As {@link #process(Model, Config)}, for a block that has values. */
    public Report process(Block block, Config config) {
        return process(configurations.of(config, Demand.PROCESS), () -> BlockTarget.of(block));
    }

    /** What {@link #process(Model, Path)} would do. */
    public Plan plan(Model model, Path config) {
        return plan(configurations.read(config, ofProcess(), Demand.PLAN_LIVE), () -> BlockTarget.of(model));
    }

    /** What {@link #process(Model, Config)} would do. */
    public Plan plan(Model model, Config config) {
        return plan(configurations.of(config, Demand.PLAN_LIVE), () -> BlockTarget.of(model));
    }

    /** What {@link #process(Block, Path)} would do. */
    public Plan plan(Block block, Path config) {
        return plan(configurations.read(config, ofProcess(), Demand.PLAN_LIVE), () -> BlockTarget.of(block));
    }

    /** What {@link #process(Block, Config)} would do. */
    public Plan plan(Block block, Config config) {
        return plan(configurations.of(config, Demand.PLAN_LIVE), () -> BlockTarget.of(block));
    }

    /** Writes the modified model; the configuration names the model and the output. */
    public Report apply(Path config, ConfigOverrides overrides) {
        Configuration configuration = configurations.read(config, overrides, Demand.APPLY);
        try (OpenedModel model = opener.open(configuration)) {
            return new Run(configuration, model).carryOut(execution);
        }
    }

    /**
     * Writes a part of the modified checkpoint's files. Several processes, on several hosts, may write the parts of one output
     * into one folder; whichever ends last adds the index and the manifest, and the folder is then as one {@code apply} would
     * have left it.
     *
     * @return the part's files, or all of them if this part was the last
     */
    public Report apply(Path config, ConfigOverrides overrides, Part part) {
        if (part.isWhole()) {
            return apply(config, overrides);
        }
        Configuration configuration = configurations.read(config, overrides, Demand.APPLY_PART);
        try (OpenedModel model = opener.openCheckpoint(configuration)) {
            return new Run(configuration, model).carryOut(new PartExecution(part));
        }
    }

    /** What {@link #apply(Path, ConfigOverrides)} would do. */
    public Plan plan(Path config, ConfigOverrides overrides) {
        Configuration configuration = configurations.read(config, overrides, Demand.PLAN);
        try (OpenedModel model = opener.open(configuration)) {
            return new Run(configuration, model).plan(execution);
        }
    }

    /**
     * Looks for everything that is wrong with a configuration, without opening a model or a checkpoint. It need not name a model,
     * since whoever uses it may have one.
     *
     * @return its warnings
     * @throws GraftException if it has errors
     */
    public List<Problem> check(Path config, ConfigOverrides overrides) {
        return configurations.read(config, overrides, Demand.CHECK).problems();
    }

    /**
     * The JSON Schema (2020-12) of the configurations that this reads, with the options of every modifier that is found. It knows
     * the form of a configuration, not what a file of it or a substitution holds: {@link #check} tells more.
     *
     * @throws GraftException if the schema that a modifier brings is malformed
     * @throws IOException if the jar of a modifier can no longer be read
     */
    public String schema() throws IOException {
        return ConfigurationSchema.of(registry);
    }

    /**
     * Makes the block that a configuration names and modifies it in memory; nothing is written.
     *
     * @return the block, for the caller to run and to close
     */
    public BlockModel modify(Path config, ConfigOverrides overrides) {
        Configuration configuration =
                configurations.read(config, overrides, Demand.PLAN).withoutOutput();
        BlockModel block = opener.openBlock(configuration);
        try {
            new Run(configuration, OpenedModel.of(block.target())).carryOut(execution);
            return block;
        } catch (Throwable failure) {
            block.close();
            throw failure;
        }
    }

    private Report process(Configuration configuration, LiveModel model) {
        return new Run(configuration, opener.open(configuration, model)).carryOut(execution);
    }

    private Plan plan(Configuration configuration, LiveModel model) {
        return new Run(configuration, opener.open(configuration, model)).plan(execution);
    }

    private static ConfigOverrides ofProcess() {
        return ConfigOverrides.ofProcess(List.of());
    }
}
