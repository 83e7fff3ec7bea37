package io.graft.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.OptionsBinder;
import io.graft.config.writing.ConfigWriter;
import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of a generated binder for all records, shown by many at random. */
class BinderPropertiesTest {
    private static final int RECORDS = 500;
    private static final long SEED = 20261123;

    @TempDir
    static Path folder;

    private static Extension extension;
    private static Class<?> type;
    private static OptionsBinder<Object> binder;

    private final Random random = new Random(SEED);
    private final RandomValues values = new RandomValues(random);

    /** An object that a record was written as. */
    private record Level(String path, Map<String, Object> keys) {}

    @BeforeAll
    @SuppressWarnings("unchecked")
    static void compile() throws Exception {
        extension = Extension.compile(folder, Everything.SOURCE);
        type = extension.loader().loadClass("com.acme.EverythingModelModifier$Options");
        binder = (OptionsBinder<Object>) extension
                .loader()
                .loadClass("com.acme.EverythingModelModifier_Options_Binder")
                .getConstructor()
                .newInstance();
    }

    @AfterAll
    static void close() throws IOException {
        extension.close();
    }

    @Test
    void writingAndBindingGivesTheSameRecord() throws Exception {
        for (int number = 0; number < RECORDS; number++) {
            Object options = values.record(type);
            String hocon = ConfigWriter.of(binder, options).toHocon();

            Bound<?> bound = binder.bind(ConfigCursor.of(ConfigFactory.parseString(hocon)));

            String where = "record " + number + " of seed " + SEED + "\n" + hocon;
            assertEquals(options, bound instanceof Bound.Ok<?> ok ? ok.value() : refused(bound, where), where);
        }
    }

    @Test
    void aRecordThatAFileMayGiveIsValid() throws Exception {
        for (int number = 0; number < RECORDS; number++) {
            Object options = values.record(type);

            assertEquals(List.of(), binder.validate(options), () -> "seed " + SEED + ", " + options);
        }
    }

    @Test
    void everySingleMutationOfAKeyIsReported() throws Exception {
        for (int number = 0; number < RECORDS; number++) {
            Map<String, Object> written = written(values.record(type));
            Level level = anyOf(levels(written));
            String key = anyOf(level.keys().keySet());
            String mutated = mutated(key);
            if (level.keys().containsKey(mutated) || key.equals("type") || !mutated.matches("[a-z].*[a-z]")) {
                continue;
            }
            level.keys().put(mutated, level.keys().remove(key));

            List<Problem> problems = problems(ConfigValueFactory.fromMap(written));

            String where = "seed " + SEED + ", record " + number + ", `" + key + "` as `" + mutated + "`: " + problems;
            assertEquals(1, problems.size(), where);
            assertEquals(level.path() + mutated, problems.get(0).path(), where);
            assertEquals(true, problems.get(0).isError(), where);
        }
    }

    @Test
    void problemsDoNotDependOnTheOrderOfKeys() throws Exception {
        for (int number = 0; number < RECORDS / 10; number++) {
            Map<String, Object> written = written(values.record(type));
            written.put("rank", 0);
            written.put("scale", 7);
            written.put("names", List.of(" "));
            written.put("alhpa", 16);
            written.put("rule", Map.of("from", "a", "newname", "b"));
            written.put("time-limit", 5);
            written.remove("file");
            List<String> lines = written.entrySet().stream()
                    .map(entry -> ConfigUtil.quoteString(entry.getKey()) + " = "
                            + ConfigValueFactory.fromAnyRef(entry.getValue()).render(ConfigRenderOptions.concise()))
                    .collect(Collectors.toCollection(ArrayList::new));
            List<String> inOrder = told(lines);
            Collections.shuffle(lines, random);

            assertEquals(7, inOrder.size(), () -> "seed " + SEED + ": " + inOrder);
            assertEquals(inOrder, told(lines), () -> "seed " + SEED + "\n" + String.join("\n", lines));
        }
    }

    private static List<String> told(List<String> lines) {
        ConfigObject object =
                ConfigFactory.parseString(String.join("\n", lines)).root();
        return problems(object).stream()
                .map(problem -> problem.code().id() + " " + problem.path() + ": " + problem.message() + problem.help()
                        + problem.notes())
                .toList();
    }

    private static List<Problem> problems(ConfigObject object) {
        return binder.bind(ConfigCursor.of(object.toConfig())).problems();
    }

    /** The record as maps and lists that can be changed. */
    private static Map<String, Object> written(Object options) {
        return changeable(ConfigWriter.of(binder, options).toObject().unwrapped());
    }

    private static Map<String, Object> changeable(Map<?, ?> object) {
        Map<String, Object> copy = new TreeMap<>();
        object.forEach((key, value) -> copy.put(
                (String) key,
                value instanceof Map<?, ?> inner
                        ? changeable(inner)
                        : value instanceof List<?> list
                                ? list.stream()
                                        .map(element ->
                                                element instanceof Map<?, ?> inner ? changeable(inner) : element)
                                        .toList()
                                : value));
        return copy;
    }

    /** The objects of the record and of those nested in it; what a map holds under its keys is one, too. */
    private static List<Level> levels(Map<String, Object> written) {
        List<Level> levels = new ArrayList<>(List.of(new Level("", written)));
        for (String key : List.of("rule", "maybe-rule", "init")) {
            Stream.ofNullable(written.get(key))
                    .map(value -> level(key + ".", value))
                    .forEach(levels::add);
        }
        List<?> rules = (List<?>) written.get("rules");
        for (int rule = 0; rule < rules.size(); rule++) {
            levels.add(level("rules[" + rule + "].", rules.get(rule)));
        }
        return levels;
    }

    @SuppressWarnings("unchecked")
    private static Level level(String path, Object object) {
        return new Level(path, (Map<String, Object>) object);
    }

    /** One letter more, less or other, or two in each other's place. */
    private String mutated(String key) {
        StringBuilder name = new StringBuilder(key);
        int at = random.nextInt(key.length());
        char letter = (char) ('a' + random.nextInt(26));
        switch (random.nextInt(4)) {
            case 0 -> name.insert(at, letter);
            case 1 -> name.deleteCharAt(at);
            case 2 -> name.setCharAt(at, letter);
            default -> {
                int first = Math.min(at, key.length() - 2);
                name.setCharAt(first, key.charAt(first + 1));
                name.setCharAt(first + 1, key.charAt(first));
            }
        }
        return name.toString();
    }

    private <T> T anyOf(Collection<T> all) {
        return List.copyOf(all).get(random.nextInt(all.size()));
    }

    private static Object refused(Bound<?> bound, String where) {
        return fail(ProblemRenderer.plain().render(bound.problems()) + where);
    }
}
