package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How much resolving may make of a file, known before it is done. */
class SubstitutionsTest {
    private static final String TOO_LARGE =
            "the substitutions could add more than 500000 characters and values to this file";
    private static final String TOO_OFTEN =
            "a key that builds on itself, as with `+=`, does so 101 times, and at most 100 are resolved";

    @TempDir
    Path folder;

    static Stream<Arguments> bombs() {
        return Stream.of(
                Arguments.of("a0 = [x]\n" + lines(40, "a%2$d = [${a%1$d}, ${a%1$d}]"), TOO_LARGE),
                Arguments.of("a0 = xyz\n" + lines(40, "a%2$d = ${a%1$d}${a%1$d}"), TOO_LARGE),
                Arguments.of("a0 { x = 1 }\n" + lines(40, "a%2$d = { left = ${a%1$d}, right = ${a%1$d} }"), TOO_LARGE),
                Arguments.of("a = xyz\n" + lines(40, "a = ${a}${a}"), TOO_LARGE),
                Arguments.of("b.a = [x]\n" + lines(40, "b.a = ${b.a} ${b.a}"), TOO_LARGE),
                Arguments.of("a { x = 1 }\n" + lines(40, "a = ${a} { y%d = ${a} }"), TOO_LARGE),
                Arguments.of("graft { model = text }\n" + lines(40, "graft.modifiers += ${graft}"), TOO_LARGE),
                Arguments.of("a { b { x = 1 } }\n" + lines(40, "a.b.y += ${a}"), TOO_LARGE),
                Arguments.of("a = [" + "${VARIABLE},".repeat(2000) + "]", TOO_LARGE),
                Arguments.of("a = [x]\n" + lines(101, "a += x"), TOO_OFTEN),
                Arguments.of("graft.a = [x]\n" + lines(101, "graft.a += x"), TOO_OFTEN));
    }

    @ParameterizedTest
    @MethodSource("bombs")
    void aFileThatGrowsWithoutBoundsIsNotResolved(String text, String why) throws IOException {
        Bound<ConfigFile> read = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> read(text));
        assertEquals("""
                error[substitutions-too-large] x.conf
                     = %s;
                       substitute less; a list can be written as one
                """.formatted(why), Problems.render(folder, read.problems()));
    }

    static Stream<Arguments> harmless() {
        return Stream.of(
                Arguments.of(
                        "base { dir = models }\n" + lines(1000, "a%d = ${base.dir}\"/file\""), "a1", "models/file"),
                Arguments.of("base { x = 1 }\n" + lines(500, "a%d = ${base} { y = 2 }"), "a500.y", "2"),
                Arguments.of("graft.list = [a]\n" + lines(50, "graft.list += b"), "graft.list[50]", "b"),
                Arguments.of("path = a\n" + lines(50, "path = ${path}:b".replace(":", "\":\"")), "path", null),
                Arguments.of("a { b { x = 1 } }\nc = ${a}\nd = ${c.b} { x = ${c.b.x}2 }", "d.x", "12"),
                Arguments.of("a = ${?nothing} \"}\" ${?b.\"c.d\"} \"\\\\\" \"\"", "a", null));
    }

    @ParameterizedTest
    @MethodSource("harmless")
    void whatPeopleWriteIsResolved(String text, String key, String value) throws IOException {
        Bound<ConfigFile> read = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> read(text));
        ConfigCursor found = Read.value(read).root().at(key);
        if (value != null) {
            assertEquals(value, found.text().orElseThrow());
        }
    }

    @Test
    void aHundredUnresolvedOnesAreEnough() throws IOException {
        assertEquals(100, read(lines(3000, "a%d = ${nope%1$d}")).problems().size());
    }

    @Test
    void deepNestingIsTold() throws IOException {
        for (String text : List.of(
                "{a:".repeat(101) + "1" + "}".repeat(101),
                "a = " + "[".repeat(101) + "]".repeat(101),
                "a" + ".a".repeat(101) + " = 1",
                "a0 = 1\n" + lines(101, "a%2$d = [${a%1$d}]"),
                "a = " + "[".repeat(100_000))) {
            assertEquals("""
                error[nesting-too-deep] x.conf
                     = objects and lists are nested too deep to be read;
                       nest less
                """, Problems.render(folder, read(text).problems()));
        }
        Read.value(read("{a:".repeat(99) + "1" + "}".repeat(99)));
    }

    @Test
    void setKeysOfOthersAreRead() throws IOException {
        ConfigOverrides set = new ConfigOverrides(
                List.of("dir=x", "list[0]=y", "max-size=2", "whole.part=z", "output.path=o", "graft.model=m"),
                Map.of(),
                Map.of());
        Files.writeString(
                folder.resolve("x.conf"),
                "a = ${dir}/b\nlist = [1]\nb = ${list}\nmax_size = 1\nc = ${max_size}\nd = ${?whole}\nmodifiers = []\n");
        assertEquals(
                List.of("nobody reads `output.path`, neither Graft nor a substitution of the file; did you mean"
                        + " `graft.output.path`?"),
                unread(set, List.of("graft", "graft.output")));
    }

    @Test
    void aSetKeyThatNobodyReadsIsToldWhatItIsMeantToBe() throws IOException {
        Files.writeString(folder.resolve("x.conf"), "a = 1");
        List<String> read =
                List.of("graft", "graft.model", "graft.modifiers", "graft.output", "training.model-modifier.modifiers");
        String nobody = "nobody reads `%s`, neither Graft nor a substitution of the file; %s";
        assertEquals(
                List.of(
                        nobody.formatted("output.path", "did you mean `graft.output.path`?"),
                        nobody.formatted("modifiers[0].rank", "did you mean `graft.modifiers[0].rank`?"),
                        nobody.formatted("modifers.0.rank", "did you mean `graft.modifiers[0].rank`?")
                                .replace("modifers.0", "modifers[0]"),
                        nobody.formatted("grfat.output.path", "did you mean `graft.output.path`?"),
                        nobody.formatted(
                                "training.epochs", "begin it with `graft`, or let a substitution of the file read it"),
                        nobody.formatted("x", "begin it with `graft`, or let a substitution of the file read it")),
                unread(
                        new ConfigOverrides(
                                List.of(
                                        "output.path=x",
                                        "modifiers[0].rank=4",
                                        "modifers.0.rank=4",
                                        "grfat.output.path=x",
                                        "training.epochs=3",
                                        "x=1",
                                        "training.model_modifier.modifiers[0].type=x",
                                        "graft.anything=1"),
                                Map.of(),
                                Map.of()),
                        read));
    }

    private List<String> unread(ConfigOverrides overrides, List<String> read) {
        ConfigFile file = Read.file(folder.resolve("x.conf"), overrides);
        return file.unreadSets(read).stream()
                .map(problem -> problem.message() + "; " + problem.help())
                .toList();
    }

    private Bound<ConfigFile> read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("x.conf"), text);
        return ConfigFile.read(file, new ConfigOverrides(List.of(), Map.of(), Map.of("VARIABLE", "x".repeat(1000))));
    }

    /** Lines from 1 on, with the number before and the number. */
    private static String lines(int count, String format) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> format.contains("%2$d") ? format.formatted(i - 1, i) : format.formatted(i))
                .collect(Collectors.joining("\n", "", "\n"));
    }
}
