package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void hiddenCharactersAreEscaped() {
        assertEquals("a\\u001b[31mb\\u202e", Printable.of("a\u001b[31mb\u202e"));
        assertEquals("größe.weight", Printable.of("größe.weight"));
    }

    @Test
    void aFileIsSaidFromTheWorkingFolder() {
        assertEquals(
                Path.of("out", "model.safetensors").toString(),
                Printable.of(Path.of("out", "model.safetensors").toAbsolutePath()));
        Path elsewhere =
                Path.of("").toAbsolutePath().resolveSibling("elsewhere").resolve("a\nb");
        assertEquals(elsewhere.toString().replace("\n", "\\u000a"), Printable.of(elsewhere));
    }
}
