package io.graft.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import io.graft.config.hocon.ConfigOverride;
import io.graft.config.hocon.ConfigProblems;
import io.graft.config.hocon.IncludeStatements;
import io.graft.config.hocon.IncludeWatcher;
import io.graft.config.hocon.OverrideApplier;
import io.graft.config.hocon.SourceTexts;
import io.graft.config.hocon.SubstitutionResolver;
import io.graft.config.hocon.SyntaxErrors;
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
    private final Path file;
    private final ConfigOverrides overrides;
    private final SourceTexts texts;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> files = new ArrayList<>();

    ConfigReader(Path file, ConfigOverrides overrides, SourceTexts texts) {
        this.file = file;
        this.overrides = overrides;
        this.texts = texts;
        files.add(file.toString());
    }

    Bound<ConfigFile> read() {
        Optional<ConfigObject> root;
        try {
            root = exists() ? parse().flatMap(this::complete) : Optional.empty();
        } catch (StackOverflowError e) {
            problems.add(problem(
                    ProblemCode.NESTING_TOO_DEEP, "objects and lists are nested too deep to be read", "nest less"));
            root = Optional.empty();
        }
        if (root.isEmpty() || problems.stream().anyMatch(Problem::isError)) {
            return new Bound.Failed<>(problems);
        }
        texts.secrets().addValuesIn(root.get());
        return new Bound.Ok<>(new ConfigFile(file, root.get(), files, texts), problems);
    }

    private boolean exists() {
        if (Files.isDirectory(file)) {
            problems.add(problem(ProblemCode.FILE_NOT_FOUND, "this is a folder", "name a file in it"));
        } else if (!Files.exists(file)) {
            problems.add(problem(ProblemCode.FILE_NOT_FOUND, "there is no such file", nearFiles()));
        } else if (!Files.isReadable(file)) {
            problems.add(problem(ProblemCode.FILE_NOT_FOUND, "this file may not be read", "check its permissions"));
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
                .setIncluder(new IncludeWatcher(missing, files, Optional.empty()));
        try {
            Config parsed = ConfigFactory.parseFile(file.toFile(), options);
            missing.forEach(name -> problems.add(missingInclude(name, Severity.WARNING)));
            return Optional.of(parsed);
        } catch (IncludeWatcher.MissingInclude e) {
            problems.add(missingInclude(e.name(), Severity.ERROR));
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
        return new SubstitutionResolver(file.toString(), overrides.environment(), texts, problems)
                .resolve(before)
                .map(resolved -> applier.apply(resolved.root(), outside));
    }

    private Problem missingInclude(String name, Severity severity) {
        SourceRef place = IncludeStatements.find(name, files, texts);
        return ConfigProblems.at(
                        ProblemCode.INCLUDE_MISSING,
                        place,
                        "there is no file " + Quoting.quote(name)
                                + (severity == Severity.WARNING ? "; nothing is included" : ""),
                        severity == Severity.WARNING ? "create it or remove this line" : "create it")
                .as(severity);
    }

    private Problem problem(ProblemCode code, String message, String help) {
        return ConfigProblems.at(code, SourceRef.of(file.toString()), message, help);
    }
}
