package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProblemRendererTest {
    private static Problem problem(Severity severity, String file, int line, String path) {
        SourceRef at = new SourceRef(file, line, 3, 4, "  rank = 0");
        return new Problem(ProblemCode.OUT_OF_RANGE, severity, path, Optional.of(at), "too low", List.of(), "");
    }

    private static String render(SourceRef at, String message, String help, String... notes) {
        return ProblemRenderer.plain()
                .render(List.of(new Problem(
                        ProblemCode.SIZE, Severity.ERROR, "a.b", Optional.of(at), message, List.of(notes), help)));
    }

    @Test
    void errorsComeFirstThenFileLinePathAndCode() {
        List<Problem> ordered = List.of(
                problem(Severity.ERROR, "a.conf", 2, "z"),
                problem(Severity.ERROR, "a.conf", 10, "a"),
                problem(Severity.ERROR, "a.conf", 10, "b"),
                problem(Severity.ERROR, "b.conf", 1, "a"),
                problem(Severity.WARNING, "a.conf", 1, "a"));
        List<Problem> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(7));
        assertEquals(ordered, ProblemRenderer.sorted(shuffled));
    }

    @Test
    void nothingIsSaidOfNoProblem() {
        assertEquals("", ProblemRenderer.plain().render(List.of()));
    }

    @Test
    void afterFiftyOnlyTheirNumberIsTold() {
        List<Problem> problems = IntStream.rangeClosed(1, 62)
                .mapToObj(line -> problem(Severity.ERROR, "a.conf", line, "a"))
                .toList();
        String text = ProblemRenderer.plain().render(problems);
        assertTrue(text.endsWith("     |   ^^^^ too low\n\nand 12 more\n"), text);
        assertTrue(text.contains("a.conf:50:3"));
        assertFalse(text.contains("a.conf:51:3"));
    }

    @Test
    void aPlaceWithoutColumnHasNoCaret() {
        assertEquals("""
                error[size]          a.conf:7  a.b
                   7 | a = 1, a = 2
                     = too long;
                       cut it
                     = a fact
                """, render(new SourceRef("a.conf", 7, 0, 0, "a = 1, a = 2"), "too long", "cut it", "a fact"));
    }

    @Test
    void aProblemWithoutPlaceHasItsPathOnly() {
        Problem problem =
                new Problem(ProblemCode.SIZE, Severity.WARNING, "a.b", Optional.empty(), "too long", List.of(), "");
        assertEquals("""
                warning[size]        a.b
                     = too long
                """, ProblemRenderer.plain().render(List.of(problem)));
    }

    @Test
    void aLongLineIsCutAroundTheMark() {
        String line = "x".repeat(200) + " rank = 0 " + "y".repeat(200);
        assertEquals(
                """
                error[size]          a.conf:1234:209  a.b
                1234 | ...%s rank = 0 %s...
                     | %s^ too low
                """.formatted("x".repeat(32), "y".repeat(78), " ".repeat(43)),
                render(new SourceRef("a.conf", 1234, 209, 1, line), "too low", ""));
    }

    @Test
    void tabsKeepTheCaretInPlaceAndControlCharactersDoNothing() {
        assertEquals("""
                error[size]          a.conf:1:2  a.b
                   1 |  rank = [2J
                     |  ^^^^ too\\u001b[2J low
                """, render(new SourceRef("a.conf", 1, 2, 4, "\trank =\u001B[2J"), "too\u001B[2J low", ""));
    }

    @Test
    void coloursSurroundTheSameText() {
        List<Problem> problems =
                List.of(problem(Severity.ERROR, "a.conf", 1, "a"), problem(Severity.WARNING, "a.conf", 2, "a"));
        String ansi = ProblemRenderer.ansi().render(problems);
        assertTrue(ansi.startsWith("\u001B[1;31merror[out-of-range]\u001B[0m  a.conf:1:3"), ansi);
        assertTrue(ansi.contains("\u001B[1;33mwarning[out-of-range]\u001B[0m"), ansi);
        assertEquals(ProblemRenderer.plain().render(problems), ansi.replaceAll("\u001B\\[[0-9;]*m", ""));
    }

    @Test
    void theTextIsTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        List<Problem> problems = List.of(problem(Severity.WARNING, "a.conf", 1234, "a"));
        String text = ProblemRenderer.plain().render(problems);
        try {
            Locale.setDefault(Locale.forLanguageTag("tr-TR-u-nu-arab"));
            assertEquals(text, ProblemRenderer.plain().render(problems));
        } finally {
            Locale.setDefault(before);
        }
    }
}
