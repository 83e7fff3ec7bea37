package io.graft.models.arguments;

import com.typesafe.config.ConfigValueFactory;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.djl.BlockArgumentsException;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import io.graft.problem.Spelling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a factory is given: arguments, each of which it must know, and under them the model's own {@code config.json}, of which it
 * takes what it knows.
 */
public final class Arguments {
    /** The argument that names the model's own configuration. */
    public static final String CONFIG = "config";

    private static final String MODEL_TYPE = "model_type";

    /** Who makes the models that transformers calls so: the encoder first. */
    private static final Map<String, List<String>> FACTORIES = Map.of(
            "bert",
                    List.of(
                            "io.graft.models.Bert",
                            "io.graft.models.BertForSequenceClassification",
                            "io.graft.models.BertSentenceClassifier"),
            "distilbert", List.of("io.graft.models.DistilBert", "io.graft.models.DistilBertForSequenceClassification"),
            "roberta", List.of("io.graft.models.Roberta", "io.graft.models.RobertaForSequenceClassification"),
            "vit", List.of("io.graft.models.Vit"));

    private final Class<?> factory;
    private final Path folder;
    private final Map<String, ?> given;

    /**
     * @param folder that a relative {@code config} is looked for in; null for the working directory
     */
    public Arguments(Class<?> factory, Path folder, Map<String, ?> given) {
        this.factory = factory;
        this.folder = folder == null ? Path.of("") : folder;
        this.given = given;
    }

    /**
     * The arguments as a value.
     *
     * @throws BlockArgumentsException if they have errors
     */
    public <T> T bind(Binder<T> binder) {
        Optional<Path> file = file();
        Map<String, Object> values = new HashMap<>(given);
        file.ifPresent(path -> values.putAll(known(read(path), binder)));
        Bound<T> bound = binder.bind(
                ConfigCursor.of(ConfigValueFactory.fromMap(values).toConfig()).ownedBy("`" + factory.getName() + "`"));
        if (bound instanceof Bound.Ok<T> ok) {
            return ok.value();
        }
        throw new BlockArgumentsException(bound.problems().stream()
                .filter(Problem::isError)
                .map(problem -> placed(problem, file))
                .toList());
    }

    private Optional<Path> file() {
        Object named = given.get(CONFIG);
        if (named == null) {
            return Optional.empty();
        }
        if (!(named instanceof String text) || text.isBlank()) {
            throw refused(
                    ProblemCode.WRONG_TYPE,
                    "`config` is `" + named + "`, which is no path",
                    "name the model's config.json");
        }
        Path path = folder.resolve(text);
        if (!Files.isRegularFile(path)) {
            throw refused(
                    ProblemCode.FILE_NOT_FOUND,
                    "there is no file `" + path + "`",
                    "name the model's config.json, or give what it would say as arguments");
        }
        return Optional.of(path);
    }

    private Map<String, Object> read(Path path) {
        ModelConfiguration configuration = ModelConfiguration.of(path);
        if (!configuration.flaw().isEmpty()) {
            throw refused(
                    ProblemCode.MALFORMED_VALUE,
                    "`" + path + "` " + configuration.flaw(),
                    "give the config.json that transformers has written");
        }
        ModelConfiguration.text(configuration.values(), MODEL_TYPE)
                .filter(type -> !FACTORIES.getOrDefault(type, List.of()).contains(factory.getName()))
                .ifPresent(type -> {
                    throw refused(
                            ProblemCode.MALFORMED_VALUE,
                            "`" + path + "` is of a `" + type + "` model, which `" + factory.getName()
                                    + "` does not make",
                            advice(type));
                });
        return configuration.values();
    }

    private static String advice(String type) {
        List<String> right = FACTORIES.get(type);
        return right != null
                ? "use `" + right.get(0) + "`"
                : "known are "
                        + FACTORIES.keySet().stream()
                                .sorted()
                                .map(known -> "`" + known + "`")
                                .collect(Collectors.joining(", "));
    }

    /** What of a file is an argument and is not given otherwise. */
    private Map<String, Object> known(Map<String, Object> values, Binder<?> binder) {
        Set<String> wanted = new HashSet<>(binder.keys());
        wanted.remove(CONFIG);
        given.keySet().forEach(key -> wanted.remove(Spelling.kebab(key)));
        return values.entrySet().stream()
                .filter(entry -> entry.getValue() != null && wanted.contains(Spelling.kebab(entry.getKey())))
                .collect(Collectors.toMap(entry -> entry.getKey(), entry -> entry.getValue()));
    }

    /** Told at the argument that is at fault, or at the file that says it. */
    private Problem placed(Problem problem, Optional<Path> file) {
        String help = problem.help().isEmpty() ? String.join("; ", problem.notes()) : problem.help();
        boolean ofFile = file.isPresent()
                && !problem.path().isEmpty()
                && given.keySet().stream().noneMatch(key -> problem.path().startsWith(key));
        return ofFile
                ? problem(
                        problem.code(),
                        CONFIG,
                        "`" + file.get() + "`, " + problem.path() + ": " + problem.message(),
                        help)
                : problem(problem.code(), problem.path(), problem.message(), help);
    }

    private static BlockArgumentsException refused(ProblemCode code, String message, String help) {
        return new BlockArgumentsException(List.of(problem(code, CONFIG, message, help)));
    }

    private static Problem problem(ProblemCode code, String path, String message, String help) {
        return new Problem(code, Severity.ERROR, path, Optional.empty(), message, List.of(), help);
    }
}
