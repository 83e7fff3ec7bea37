package io.graft.checkpoint.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Fixtures;
import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigurationTest {
    @TempDir
    Path folder;

    private ModelConfiguration of(String text) throws IOException {
        Files.writeString(folder.resolve("config.json"), text);
        return ModelConfiguration.in(folder);
    }

    @Test
    void aConfigurationIsTextsNumbersFlagsListsAndMaps() throws IOException {
        ModelConfiguration read =
                of("{\"a\": \"x\", \"b\": 3, \"c\": true, \"d\": [1, null, [2]], \"e\": {\"f\": null}, \"g\": 0.5}");
        assertEquals(
                Map.of("a", "x", "b", 3, "c", true, "d", List.of(1, List.of(2)), "e", Map.of(), "g", 0.5),
                read.values());
        assertEquals(Optional.of(folder.resolve("config.json")), read.file());
        assertEquals("", read.flaw());
        assertEquals(Optional.of(3L), ModelConfiguration.whole(read.values(), "b"));
        assertEquals(Optional.empty(), ModelConfiguration.whole(read.values(), "g"));
        assertEquals(Optional.empty(), ModelConfiguration.wholes(read.values(), "d"));
        assertEquals(Optional.empty(), ModelConfiguration.text(read.values(), "b"));
        assertEquals(List.of(), ModelConfiguration.texts(read.values(), "a"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'{\"dtype\": \"bfloat16\"}', BF16",
                "'{\"torch_dtype\": \"float16\"}', F16",
                "'{\"text_config\": {\"dtype\": \"float32\"}}', F32",
                "'{\"dtype\": 7}', ",
                "'{\"dtype\": \"auto\"}', ",
            })
    void theDtypeOfTheModel(String text, DType dtype) throws IOException {
        assertEquals(Optional.ofNullable(dtype), of(text).dtype());
    }

    @Test
    void noneIsNone() {
        assertEquals(ModelConfiguration.NONE, ModelConfiguration.in(folder));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "'', 'is no JSON object'",
                "'[1]', 'is no JSON object'",
                "'{\"a\": ', 'is no JSON (line 1)'",
                "'{\"a\": 1} {', 'is no JSON: it goes on after its object'",
            })
    void whatIsBrokenSaysNothing(String text, String flaw) throws IOException {
        ModelConfiguration read = of(text);
        assertEquals(flaw, read.flaw());
        assertEquals(Map.of(), read.values());
    }

    @Test
    void whatIsHostileIsNotRead() throws IOException {
        assertEquals(
                "is nested too deep, or has a name, text or number that is too long",
                of("{\"a\": " + "[".repeat(100_000)).flaw());
        Files.write(folder.resolve("config.json"), new byte[(16 << 20) + 1]);
        assertEquals(
                "is too large for a configuration, 16777217 bytes",
                ModelConfiguration.in(folder).flaw());
        Files.write(folder.resolve("config.json"), new byte[] {(byte) 0xff, '{', '}'});
        assertEquals("is not UTF-8", ModelConfiguration.in(folder).flaw());
    }

    @Test
    void aBrokenOneIsToldWithTheCheckpoint() throws IOException {
        Files.copy(
                Fixtures.path("/fixtures/quantized/fp8-block-32-bf16/model.safetensors"),
                folder.resolve("model.safetensors"));
        of("nonsense");
        assertEquals(
                List.of("`config.json` beside it is no JSON (line 1); it is not used, and does not go along"),
                Checkpoint.open(folder).warnings());
    }
}
