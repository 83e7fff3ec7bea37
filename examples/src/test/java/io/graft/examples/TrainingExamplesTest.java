package io.graft.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the short form of every example that trains: the class that its {@code run} starts, with the command of its README. Each loss
 * falls, every file is written that the README says, and the README has every row of its tables.
 */
class TrainingExamplesTest {
    private static final Pattern COMMAND = Pattern.compile("^\\$ examples/([a-z-]+)/run(.*)$", Pattern.MULTILINE);
    private static final Pattern STARTED =
            Pattern.compile("^exec .*/launch\" (\\S+) (\\S+) \"\\$@\"$", Pattern.MULTILINE);
    private static final Pattern LOSS =
            Pattern.compile("^(.+): epoch \\d+ of \\d+, loss ([0-9.]+)$", Pattern.MULTILINE);
    private static final Pattern WRITTEN = Pattern.compile("^\\| `OUT/([^`]+)` \\|", Pattern.MULTILINE);

    /** The lines below the heads of a table, up to an empty one. */
    private static final Pattern TABLE = Pattern.compile("^-{9,}\\R((?:.+\\R)+)", Pattern.MULTILINE);

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> everyExampleTrains() throws IOException {
        List<Path> scripts;
        try (Stream<Path> files = Files.find(Path.of(""), 2, (path, attributes) -> path.endsWith("run"))) {
            scripts = files.filter(script -> STARTED.matcher(read(script)).find())
                    .sorted()
                    .toList();
        }
        assertFalse(scripts.isEmpty());
        return scripts.stream()
                .map(script -> DynamicTest.dynamicTest(script.getParent().toString(), () -> trains(script)));
    }

    private void trains(Path script) throws Exception {
        Path example = script.getParent();
        assertTrue(Files.isExecutable(script));
        MatchResult started = first(STARTED, read(script));
        assertEquals(example.toString(), started.group(1));
        String readme = read(example.resolve("README.md"));
        MatchResult command = first(COMMAND, readme);
        assertEquals(example.toString(), command.group(1));

        Path output = folder.resolve(example);
        List<String> arguments = new ArrayList<>(List.of(example.toString(), "--short"));
        arguments.addAll(List.of(
                command.group(2).replace("OUT", output.toString()).strip().split(" ")));
        List<String> written =
                matches(WRITTEN, readme).stream().map(match -> match.group(1)).toList();
        String said = said(started.group(2), arguments);

        Map<String, List<Double>> losses = new LinkedHashMap<>();
        matches(LOSS, said)
                .forEach(match -> losses.computeIfAbsent(match.group(1), name -> new ArrayList<>())
                        .add(Double.valueOf(match.group(2))));
        assertFalse(losses.isEmpty(), said);
        losses.forEach((name, each) -> assertTrue(each.get(each.size() - 1) < each.get(0), name + ": " + each));
        assertFalse(written.isEmpty());
        written.forEach(file -> assertTrue(Files.exists(output.resolve(file)), file));
        for (MatchResult table : matches(TABLE, said)) {
            table.group(1)
                    .lines()
                    .map(line -> line.split(" {2,}")[0])
                    .forEach(row -> assertTrue(
                            readme.contains("\n| " + row + " |") || readme.contains("\n" + row + "  "), row));
        }
    }

    private static String said(String type, List<String> arguments) throws Exception {
        PrintStream screen = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            Class.forName(type).getMethod("main", String[].class).invoke(null, (Object)
                    arguments.toArray(String[]::new));
        } finally {
            System.setOut(screen);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void wrongArgumentsAreTold() {
        assertEquals("`--fast` is not known; usage: run [--out DIR] [--short]", refusal("--fast"));
        assertEquals("--out names no folder; usage: run [--out DIR] [--short]", refusal("--out"));
    }

    private static String refusal(String argument) {
        return assertThrows(
                        IllegalArgumentException.class, () -> Example.of(System.out, "sentence-classifier", argument))
                .getMessage();
    }

    @Test
    void whatAnEarlierRunHasLeftIsReplaced() throws IOException {
        Example example = new Example(Path.of("sentence-classifier"), folder, true, System.out);
        Path adapter = Files.createDirectory(folder.resolve("adapter"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{}");
        assertEquals(adapter, example.fresh("adapter"));
        assertTrue(Files.notExists(adapter));
    }

    @Test
    void curvesAreLinesAndAPicture() throws IOException {
        Course falling = new Course("a < b", List.of(2.0, 1.0, 0.25), 7, 0.1, 0.2, 0.6);
        LossCurves curves = new LossCurves("losses", List.of(falling));
        assertEquals(List.of("a < b  █▅▂  2.000 -> 0.250"), curves.lines());
        curves.write(folder.resolve("loss.svg"));
        String picture = read(folder.resolve("loss.svg"));
        assertTrue(picture.startsWith("<svg "), picture);
        assertTrue(picture.contains(">a &lt; b</text>"), picture);
        assertTrue(picture.contains(">1.5</text>"), picture);
    }

    @Test
    void columnsOfATableStandInLine() {
        TextTable table = new TextTable("", "accuracy").row("head", "7 %").row("all of it", "12.5 %");
        assertEquals(
                List.of(
                        "           accuracy", //
                        "-------------------",
                        "head            7 %",
                        "all of it    12.5 %"),
                table.lines());
    }

    private static List<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private static MatchResult first(Pattern pattern, String text) {
        return matches(pattern, text).stream().findFirst().orElseThrow(() -> new AssertionError(pattern + "\n" + text));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new AssertionError(file.toString(), failed);
        }
    }
}
