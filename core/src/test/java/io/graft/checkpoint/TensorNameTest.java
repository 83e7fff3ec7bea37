package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class TensorNameTest {
    @Test
    void printsPlainNamesAsTheyAre() {
        assertEquals("encoder.layers.0.weight", TensorName.printable("encoder.layers.0.weight"));
        assertEquals("größe.\ud83d\ude00", TensorName.printable("größe.\ud83d\ude00"));
    }

    @Test
    void escapesWhatATerminalOrALogCouldMisread() {
        assertEquals("a\\u000ab", TensorName.printable("a\nb"));
        assertEquals("\\u001b[2Jx", TensorName.printable("\u001b[2Jx"));
        assertEquals("x\\u202ey", TensorName.printable("x\u202ey"));
        assertEquals("x\\u2028y", TensorName.printable("x\u2028y"));
        assertEquals("x\\ud800", TensorName.printable("x\ud800"));
    }

    @Test
    void cutsLongNames() {
        assertEquals("n".repeat(200), TensorName.printable("n".repeat(200)));
        assertEquals("n".repeat(200) + "...", TensorName.printable("n".repeat(201)));
    }

    @Test
    void findsFlaws() {
        assertNull(TensorName.flaw("a.b\n\ud83d\ude00"));
        assertEquals("contains a NUL character", TensorName.flaw("a\0"));
        assertEquals("contains half of a surrogate pair", TensorName.flaw("a\ud83d"));
        assertEquals("contains half of a surrogate pair", TensorName.flaw("\ud83da"));
        assertEquals("contains half of a surrogate pair", TensorName.flaw("\ude00"));
    }
}
