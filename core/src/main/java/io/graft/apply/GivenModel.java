package io.graft.apply;

import com.typesafe.config.Config;
import io.graft.ModelModifier;
import io.graft.config.reading.ConfigOverrides;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A model for which it is still to be said how it is modified: by a file, by a configuration that a program has, or by modifiers
 * that it makes. What any of them says of a model is not read, and a warning tells so.
 *
 * @param <R> what can then be done
 */
public final class GivenModel<R> {
    private final Function<ConfigurationSource, R> run;

    GivenModel(Function<ConfigurationSource, R> run) {
        this.run = run;
    }

    /**
     * As a HOCON file says. System properties and the environment do not count.
     *
     * @param file relative paths in it count from its folder
     */
    public R configuration(Path file) {
        return configuration(file, ConfigOverrides.none());
    }

    /**
     * As a HOCON file says, and what is laid over it.
     *
     * @param overrides {@link ConfigOverrides#ofProcess} has what the command line has
     */
    public R configuration(Path file, ConfigOverrides overrides) {
        return run.apply(
                new ConfigurationSource.InFile(Given.notNull(file, "file"), Given.notNull(overrides, "overrides")));
    }

    /**
     * As a configuration in memory says.
     *
     * @param config the root of a configuration; relative paths in it that come from no file are relative to the
     *     working directory
     */
    public R configuration(Config config) {
        return run.apply(new ConfigurationSource.InMemory(Given.notNull(config, "config")));
    }

    /**
     * By modifiers, in this order.
     *
     * <pre>{@code
     * applier.model(block).configuration(new FreezingModelModifier(
     *         new FreezingOptions(List.of(Selector.parse("encoder")), true, List.of())));
     * }</pre>
     */
    public R configuration(ModelModifier... modifiers) {
        return configuration(Arrays.asList(Given.notNull(modifiers, "modifiers")));
    }

    /** By modifiers, in their order. Problems name a modifier by its place in the list, {@code graft.modifiers[0]}. */
    public R configuration(List<? extends ModelModifier> modifiers) {
        return run.apply(new ConfigurationSource.MadeInJava(Given.noneNull(modifiers, "modifiers")));
    }
}
