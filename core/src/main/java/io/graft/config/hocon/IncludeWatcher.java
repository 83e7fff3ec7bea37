package io.graft.config.hocon;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import java.io.File;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Includes as usual, and notes what is included and what is missing, of which the parser says nothing.
 *
 * @param missing names as the files write them, to be filled
 * @param files the files that are included, to be filled
 * @param next does the work; empty until the parser hands over its own
 */
public record IncludeWatcher(List<String> missing, List<String> files, Optional<ConfigIncluder> next)
        implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderClasspath {
    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return new IncludeWatcher(missing, files, Optional.of(fallback));
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        return watch(context, what, required -> next.orElseThrow().include(required, what));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        return watch(
                context,
                what.getPath(),
                required -> next(ConfigIncluderFile.class).includeFile(required, what));
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        return watch(
                context, what, required -> next(ConfigIncluderClasspath.class).includeResources(required, what));
    }

    private <T> T next(Class<T> kind) {
        return kind.cast(next.orElseThrow());
    }

    private ConfigObject watch(
            ConfigIncludeContext context, String what, Function<ConfigIncludeContext, ConfigObject> include) {
        try {
            ConfigObject included = include.apply(new Required(context));
            ValueOrigin.file(included.origin()).ifPresent(files::add);
            return included;
        } catch (ConfigException.IO e) {
            if (!context.parseOptions().getAllowMissing()) {
                throw new MissingInclude(what, e);
            }
            missing.add(what);
            return ConfigFactory.empty().root();
        }
    }

    /** A file that an include requires does not exist. Not an {@code IO} one, so that no include above takes it for its own. */
    public static final class MissingInclude extends ConfigException {
        private static final long serialVersionUID = 1L;

        private final String name;

        public MissingInclude(String name, ConfigException.IO cause) {
            super(cause.getMessage(), cause);
            this.name = name;
        }

        public String name() {
            return name;
        }
    }

    private record Required(ConfigIncludeContext context) implements ConfigIncludeContext {
        @Override
        public ConfigParseable relativeTo(String filename) {
            return context.relativeTo(filename);
        }

        @Override
        public ConfigParseOptions parseOptions() {
            return context.parseOptions().setAllowMissing(false);
        }

        @Override
        public ConfigIncludeContext setParseOptions(ConfigParseOptions options) {
            return new Required(context.setParseOptions(options));
        }
    }
}
