package io.graft.config.reading;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import io.graft.config.hocon.ConfigOverride;
import io.graft.config.hocon.ConfigProblems;
import io.graft.config.hocon.IncludeStatements;
import io.graft.config.hocon.Includer;
import io.graft.config.hocon.KeyPath;
import io.graft.config.hocon.OverrideApplier;
import io.graft.config.hocon.ReadableFiles;
import io.graft.config.hocon.SourceTexts;
import io.graft.config.hocon.SubstitutionResolver;
import io.graft.config.hocon.Substitutions;
import io.graft.config.hocon.SyntaxErrors;
import io.graft.config.hocon.ValueOrigin;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Severity;
import io.graft.problem.SourceRef;
import io.graft.problem.Suggestions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads one file: parse, lay over what is plain, resolve, lay over the rest. Each step needs the one before. */
final class ConfigReader {
    /** Levels of objects and lists inside of each other, which those who read them go down one by one. */
    private static final int DEEPEST = 100;

    /** Of those that were not found; more say no more. */
    private static final int MOST_MISSING = 100;

    private final Path file;
    private final ConfigOverrides overrides;
    private final SourceTexts texts;
    private final ReadableFiles readable;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> files = new ArrayList<>();
    private final List<KeyPath> unreferenced = new ArrayList<>();

    ConfigReader(Path file, ConfigOverrides overrides, SourceTexts texts, ReadableFiles readable) {
        this.file = file;
        this.overrides = overrides;
        this.texts = texts;
        this.readable = readable;
        files.add(file.toString());
    }

    Bound<ConfigFile> read() {
        Optional<ConfigObject> root;
        try {
            root = mayBeRead() ? parse().flatMap(this::complete) : Optional.empty();
        } catch (StackOverflowError e) {
            problems.add(tooDeep());
            root = Optional.empty();
        }
        if (root.isEmpty() || problems.stream().anyMatch(Problem::isError)) {
            return new Bound.Failed<>(problems);
        }
        if (isDeeperThan(DEEPEST, root.get())) {
            problems.add(tooDeep());
            return new Bound.Failed<>(problems);
        }
        texts.secrets().addValuesIn(root.get());
        return new Bound.Ok<>(new ConfigFile(file, root.get(), files, unreferenced, texts), problems);
    }

    private boolean mayBeRead() {
        if (!ReadableFiles.isThere(file)) {
            problems.add(problem(ProblemCode.FILE_NOT_FOUND, "there is no such file", nearFiles()));
        } else {
            readable.refusal(file)
                    .map(refusal -> problem(refusal.code(), "this " + refusal.reason(), refusal.help()))
                    .ifPresent(problems::add);
        }
        return problems.isEmpty();
    }

    private String nearFiles() {
        Path name = file.getFileName();
        Path folder = file.toAbsolutePath().getParent();
        if (name == null || folder == null || !Files.isDirectory(folder)) {
            return "";
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<String> names =
                    files.map(other -> String.valueOf(other.getFileName())).toList();
            return Suggestions.didYouMean(name.toString(), names);
        } catch (IOException e) {
            return "";
        }
    }

    private Optional<Config> parse() {
        List<String> missing = new ArrayList<>();
        ConfigParseOptions options = ConfigParseOptions.defaults()
                .setAllowMissing(false)
                .setIncluder(Includer.with(readable, overrides.environment(), missing, files));
        try {
            Config parsed = readable.whileOpen(file, () -> ConfigFactory.parseFile(file.toFile(), options));
            missing.stream()
                    .distinct()
                    .limit(MOST_MISSING)
                    .map(this::missingInclude)
                    .forEach(problems::add);
            return Optional.of(parsed);
        } catch (Includer.NotIncluded e) {
            problems.add(e.at(IncludeStatements.find(e.name(), files, texts)));
        } catch (ConfigException.IO e) {
            problems.add(problem(ProblemCode.FILE_NOT_FOUND, "this file cannot be read", ""));
        } catch (ConfigException e) {
            problems.add(SyntaxErrors.explain(e, file.toString(), texts));
        }
        return Optional.empty();
    }

    private Optional<ConfigObject> complete(Config parsed) {
        List<ConfigOverride> outside =
                ConfigOverride.parse(overrides.systemProperties(), overrides.set(), texts.secrets(), problems);
        OverrideApplier applier = new OverrideApplier(problems);
        Config before = applier.beforeResolving(parsed.root(), outside).toConfig();
        Substitutions substitutions = Substitutions.in(before, overrides.environment());
        Optional<String> excess = substitutions.excess();
        if (excess.isPresent()) {
            problems.add(problem(
                    ProblemCode.SUBSTITUTIONS_TOO_LARGE,
                    excess.get(),
                    "substitute less; a list can be written as one"));
            return Optional.empty();
        }
        outside.stream()
                .filter(override -> ValueOrigin.isSet(override.value().origin()))
                .map(ConfigOverride::path)
                .filter(path -> !substitutions.read(path))
                .forEach(unreferenced::add);
        return new SubstitutionResolver(file.toString(), overrides.environment(), texts, problems)
                .resolve(before)
                .map(resolved -> applier.apply(resolved.root(), outside));
    }

    private Problem tooDeep() {
        return problem(ProblemCode.NESTING_TOO_DEEP, "objects and lists are nested too deep to be read", "nest less");
    }

    private static boolean isDeeperThan(int levels, ConfigValue value) {
        Stream<ConfigValue> inside = value instanceof ConfigObject object
                ? object.keySet().stream().map(object::get)
                : value instanceof ConfigList list ? list.stream() : Stream.empty();
        return levels < 0 || inside.anyMatch(each -> isDeeperThan(levels - 1, each));
    }

    private Problem missingInclude(String name) {
        return ConfigProblems.at(
                        ProblemCode.INCLUDE_MISSING,
                        IncludeStatements.find(name, files, texts),
                        "there is no file " + Quoting.quote(name) + "; nothing is included",
                        "create it or remove this line")
                .as(Severity.WARNING);
    }

    private Problem problem(ProblemCode code, String message, String help) {
        return ConfigProblems.at(code, SourceRef.of(file.toString()), message, help);
    }
}
