package io.graft.config.decoding;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.config.reading.ConfigOverrides;
import io.graft.config.reading.Read;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnyDecoderTest {
    @TempDir
    Path folder;

    @Test
    void whatComesFromOutsideIsWhatTheSameTextIsInAFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("x.conf"),
                "graft.any { layers = 2, text = \"2\", list = [1, x], heads = ${?HEADS}, bias = ${?BIAS}, name = ${?NAME} }\n");
        ConfigOverrides overrides = new ConfigOverrides(
                List.of("graft.any.layers=3", "graft.any.deep.er=-1", "graft.any.sign=+1"),
                Map.of("graft.any.rate", "0.5"),
                Map.of("HEADS", "4", "BIAS", "true", "NAME", "2b"));

        Object any = Read.value(
                new AnyDecoder().decode(Read.file(file, overrides).root().at("graft.any")));

        assertEquals(
                Map.of(
                        "layers",
                        3,
                        "text",
                        "2",
                        "list",
                        List.of(1, "x"),
                        "heads",
                        4,
                        "bias",
                        true,
                        "name",
                        "2b",
                        "rate",
                        0.5,
                        "deep",
                        Map.of("er", -1),
                        "sign",
                        "+1"),
                any);
    }
}
