package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class QuotingTest {
    @Test
    void sixtyCharactersAreShown() {
        assertEquals("`" + "x".repeat(60) + "`", Quoting.quote("x".repeat(60)));
        assertEquals("`" + "x".repeat(60) + "...`", Quoting.quote("x".repeat(61)));
    }

    @Test
    void controlCharactersAreEscaped() {
        assertEquals("`a\\u000ab\\u000dc\\u0009d\\u001be\\u0000`", Quoting.quote("a\nb\rc\td\u001be\0"));
        assertEquals("`größe`", Quoting.quote("größe"));
    }

    @Test
    void aSentenceInsideAnother() {
        assertEquals("no such file", Quoting.lowerFirst("No such file"));
        assertEquals("", Quoting.lowerFirst(""));
    }
}
