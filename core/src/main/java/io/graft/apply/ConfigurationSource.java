package io.graft.apply;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.ModelModifier;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ConfigOverrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where a configuration comes from. */
sealed interface ConfigurationSource {
    String OUTPUT_PATH = "graft.output.path";

    /**
     * @throws io.graft.GraftException if it cannot be read, or has errors
     */
    Configuration read(Configurations configurations, Demand demand);

    /** The same, whose output goes to a folder. */
    ConfigurationSource writingTo(Path folder);

    /** A file, and what is laid over it. */
    record InFile(Path file, ConfigOverrides overrides) implements ConfigurationSource {
        @Override
        public Configuration read(Configurations configurations, Demand demand) {
            return configurations.read(file, overrides, demand);
        }

        @Override
        public ConfigurationSource writingTo(Path folder) {
            List<String> set = new ArrayList<>(overrides.set());
            set.add(OUTPUT_PATH + "=\"" + text(folder).replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
            return new InFile(file, new ConfigOverrides(set, overrides.systemProperties(), overrides.environment()));
        }
    }

    /** What a program has read, or put together. */
    record InMemory(Config config) implements ConfigurationSource {
        @Override
        public Configuration read(Configurations configurations, Demand demand) {
            return configurations.of(config, demand);
        }

        @Override
        public ConfigurationSource writingTo(Path folder) {
            return new InMemory(with(config, folder));
        }
    }

    /**
     * Modifiers that a program has made.
     *
     * @param rest what else is to be said, such as where the output goes
     */
    record MadeInJava(List<ModelModifier> modifiers, Config rest) implements ConfigurationSource {
        MadeInJava(List<ModelModifier> modifiers) {
            this(modifiers, ConfigFactory.empty());
        }

        @Override
        public Configuration read(Configurations configurations, Demand demand) {
            return configurations.of(modifiers, rest, demand);
        }

        @Override
        public ConfigurationSource writingTo(Path folder) {
            return new MadeInJava(modifiers, with(rest, folder));
        }
    }

    /**
     * Another one, with modifiers that a program has made around its own.
     *
     * @param name what plans and reports call them
     * @param place what asks for them, where their problems are told
     * @param before run first
     * @param after run last
     */
    record Surrounded(
            ConfigurationSource inner,
            String name,
            ConfigCursor place,
            List<ModelModifier> before,
            List<ModelModifier> after)
            implements ConfigurationSource {
        @Override
        public Configuration read(Configurations configurations, Demand demand) {
            return configurations.surrounded(inner.read(configurations, demand), name, place, before, after);
        }

        @Override
        public ConfigurationSource writingTo(Path folder) {
            return new Surrounded(inner.writingTo(folder), name, place, before, after);
        }
    }

    private static Config with(Config config, Path folder) {
        return ConfigFactory.parseMap(Map.of(OUTPUT_PATH, text(folder))).withFallback(config);
    }

    private static String text(Path folder) {
        return folder.toAbsolutePath().normalize().toString();
    }
}
