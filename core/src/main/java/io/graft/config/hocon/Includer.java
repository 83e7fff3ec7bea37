package io.graft.config.hocon;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import io.graft.config.hocon.ReadableFiles.Refusal;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.SourceRef;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Includes files, each looked at before it is read, and notes what is included and what is missing, of which the parser says
 * nothing. What is no file beside the including one is left to the parser, which looks on the class path.
 *
 * @param readable which files may be read
 * @param urls whether what is on a network may be included
 * @param missing names as the files write them, to be filled
 * @param files the files that are included, to be filled
 * @param next the parser's own; empty until it hands it over
 */
public record Includer(
        ReadableFiles readable, boolean urls, List<String> missing, List<String> files, Optional<ConfigIncluder> next)
        implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
    private static final String URLS = "GRAFT_INCLUDE_URLS";
    private static final List<String> ENDINGS = List.of(".conf", ".json", ".properties");

    /** One that has included nothing yet. */
    public static Includer with(
            ReadableFiles readable, Map<String, String> environment, List<String> missing, List<String> files) {
        return new Includer(readable, "true".equals(environment.get(URLS)), missing, files, Optional.empty());
    }

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
        return new Includer(readable, urls, missing, files, Optional.of(fallback));
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
        Optional<URL> url = url(what);
        if (url.isPresent()) {
            return includeURL(context, url.get());
        }
        return folder(context)
                .flatMap(folder -> find(context, what, folder))
                .orElseGet(() ->
                        orMissing(context, what, () -> next.orElseThrow().include(new Required(context), what)));
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
        return find(context, what.getPath(), Path.of(""))
                .orElseGet(() -> orMissing(
                        context,
                        what.getPath(),
                        () -> next(ConfigIncluderFile.class).includeFile(new Required(context), what)));
    }

    @Override
    public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
        if (!urls) {
            throw new NotIncluded(
                    what.toString(),
                    ProblemCode.FILE_REFUSED,
                    Quoting.quote(what.toString()) + " is a URL, from which nothing is included unless it is allowed",
                    "download it and include the file, or set " + URLS + "=true in the environment");
        }
        try {
            return orMissing(
                    context,
                    what.toString(),
                    () -> next(ConfigIncluderURL.class).includeURL(new Required(context), what));
        } catch (ConfigException.BugOrBroken failed) {
            String reason =
                    failed.getCause() == null ? "" : " (" + failed.getCause().getMessage() + ")";
            throw new NotIncluded(
                    what.toString(),
                    ProblemCode.FILE_NOT_FOUND,
                    Quoting.quote(what.toString()) + " cannot be read" + reason,
                    "check the address");
        }
    }

    @Override
    public ConfigObject includeResources(ConfigIncludeContext context, String what) {
        return orMissing(
                context, what, () -> next(ConfigIncluderClasspath.class).includeResources(new Required(context), what));
    }

    private <T> T next(Class<T> kind) {
        return kind.cast(next.orElseThrow());
    }

    private static Optional<URL> url(String what) {
        try {
            return Optional.of(new URL(what));
        } catch (MalformedURLException file) {
            return Optional.empty();
        }
    }

    /** The folder that names in the including text are relative to; empty if that is no file. */
    private static Optional<Path> folder(ConfigIncludeContext context) {
        ConfigParseable here = context.relativeTo(".");
        // to the parser a file that is named without a folder has none
        return here == null
                ? Optional.of(Path.of(""))
                : ValueOrigin.file(here.origin()).map(file -> Path.of(file).getParent());
    }

    /** What a name stands for in a folder, with each of the endings that it may leave out; empty if nothing is there. */
    private Optional<ConfigObject> find(ConfigIncludeContext context, String what, Path folder) {
        Stream<String> names = ENDINGS.stream().anyMatch(what::endsWith)
                ? Stream.of(what)
                : ENDINGS.stream().map(ending -> what + ending);
        try {
            return names.map(folder::resolve)
                    .filter(ReadableFiles::isThere)
                    .map(file -> read(context, what, file))
                    .reduce((first, second) -> first.withFallback(second));
        } catch (InvalidPathException none) {
            return Optional.empty();
        }
    }

    private ConfigObject read(ConfigIncludeContext context, String what, Path file) {
        Optional<Refusal> refusal = readable.refusal(file);
        if (refusal.isPresent()) {
            String reason = Quoting.quote(what) + " " + refusal.get().reason();
            throw new NotIncluded(
                    what, refusal.get().code(), reason, refusal.get().help());
        }
        files.add(file.toString());
        ConfigParseOptions options = context.parseOptions().setAllowMissing(false);
        return readable.whileOpen(
                file, () -> ConfigFactory.parseFile(file.toFile(), options).root());
    }

    private ConfigObject orMissing(ConfigIncludeContext context, String what, Supplier<ConfigObject> include) {
        try {
            return include.get();
        } catch (ConfigException.IO absent) {
            if (!context.parseOptions().getAllowMissing()) {
                throw new NotIncluded(
                        what, ProblemCode.INCLUDE_MISSING, "there is no file " + Quoting.quote(what), "create it");
            }
            missing.add(what);
            return ConfigFactory.empty().root();
        }
    }

    /** What is to be included is not there or may not be read. No {@code IO} one, so that no include above takes it for its own. */
    public static final class NotIncluded extends ConfigException {
        private static final long serialVersionUID = 1L;

        private final String name;
        private final ProblemCode code;
        private final String help;

        NotIncluded(String name, ProblemCode code, String message, String help) {
            super(message);
            this.name = name;
            this.code = code;
            this.help = help;
        }

        /** The problem, at the place where the name is written. */
        public Problem at(SourceRef place) {
            return ConfigProblems.at(code, place, getMessage(), help);
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
