package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShortListTest {
    @Test
    void theFirstAreShownAndTheOthersCounted() {
        assertEquals(new ShortList<>(List.of("a", "b"), 2), ShortList.of(List.of("a", "b", "c", "d"), 2, false));
        assertEquals("  <a>\n  <b>\n  and 2 more; -v lists all\n", printed(List.of("a", "b", "c", "d"), false));
    }

    @Test
    void oneMoreThanTheLimitIsShownAsItIs() {
        assertEquals("  <a>\n  <b>\n  <c>\n", printed(List.of("a", "b", "c"), false));
        assertEquals("", printed(List.of(), false));
    }

    @Test
    void whoWantsAllGetsAll() {
        assertEquals("  <a>\n  <b>\n  <c>\n  <d>\n", printed(List.of("a", "b", "c", "d"), true));
    }

    private static String printed(List<String> all, boolean verbose) {
        StringWriter text = new StringWriter();
        ShortList.of(all, 2, verbose).print(new PrintWriter(text), "  ", element -> "<" + element + ">");
        return text.toString().replace(System.lineSeparator(), "\n");
    }
}
