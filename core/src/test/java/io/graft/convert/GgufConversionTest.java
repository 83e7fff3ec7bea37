package io.graft.convert;

import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.registry.PlugRegistry;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints that become GGUF files. */
class GgufConversionTest {
    private final CheckpointConverter plain = converter(Optional.empty());

    @TempDir
    Path folder;

    private static CheckpointConverter converter(Optional<DType> dtype) {
        Conversion conversion =
                new Conversion(Optional.empty(), TensorChoice.ALL, dtype, NameChanges.NONE, Optional.empty(), false);
        return new CheckpointConverter(
                conversion,
                PlugRegistry.discover(GgufConversionTest.class.getClassLoader()).stateDictFormats());
    }

    @Test
    void tensorsKeepTheirNamesAndValues() throws IOException {
        Checkpoint input = Checkpoint.open(path("gguf/numbers.safetensors"));
        ConversionReport report = plain.convert(input, folder.resolve("a.gguf"));
        assertEquals("gguf", report.format());
        assertEquals(List.of(), report.warnings());
        Checkpoint output = Checkpoint.open(folder.resolve("a.gguf"));
        assertArrayEquals(
                Fixtures.bytes(input.tensors().get("numbers").data()),
                Fixtures.bytes(output.tensors().get("numbers").data()));
        converter(Optional.of(DType.BF16)).convert(input, folder.resolve("b.gguf"));
        assertEquals(
                DType.BF16,
                Checkpoint.open(folder.resolve("b.gguf"))
                        .tensors()
                        .get("numbers")
                        .dtype());
    }

    @Test
    void textsThatHoldForAnyTensorsAreKept() throws IOException {
        new SafetensorsWriter(
                        folder,
                        "model",
                        SafetensorsWriter.UNLIMITED,
                        Map.of("general.license", "mit", "llama.block_count", "2", "step", "7"))
                .write(List.of(
                        new OutputTensor("a", DType.F32, Shape.of(1), () -> TensorData.of(ByteBuffer.allocate(4)))));
        ConversionReport report =
                plain.convert(Checkpoint.open(folder.resolve("model.safetensors")), folder.resolve("a.gguf"));
        assertEquals(
                List.of("metadata that gguf files are written without: llama.block_count, step"), report.warnings());
        assertEquals(
                Map.of("general.architecture", "tensors", "general.license", "mit"),
                Checkpoint.open(folder.resolve("a.gguf")).metadata());
    }

    /** What its metadata say of blocks is said again, and of what architecture it is hangs on more than the tensors. */
    @Test
    void ofAnotherFileTheTextsAreKept() throws IOException {
        ConversionReport report = plain.convert(Checkpoint.open(path("gguf/packed.gguf")), folder.resolve("a.gguf"));
        assertEquals(List.of("metadata that gguf files are written without: general.architecture"), report.warnings());
        assertArrayEquals(Files.readAllBytes(path("gguf/packed.gguf")), Files.readAllBytes(folder.resolve("a.gguf")));
    }

    /** Of types that are not read, too. */
    @Test
    void blocksAreCopied() throws IOException {
        for (String type : List.of("q4_k", "iq2_xxs")) {
            Checkpoint input = Checkpoint.open(path("/fixtures/quantized/gguf-" + type + "/model.gguf"));
            Path file = folder.resolve(type + ".gguf");
            plain.convert(input, file);
            Checkpoint output = Checkpoint.open(file);
            assertEquals(input.stored().keySet(), output.stored().keySet());
            for (TensorEntry entry : input.stored().values()) {
                TensorEntry copy = output.stored().get(entry.name());
                assertEquals(entry.blockType(), copy.blockType());
                assertArrayEquals(
                        Fixtures.bytes(StoredTensor.of(entry, "in").materialize()),
                        Fixtures.bytes(StoredTensor.of(copy, "out").materialize()));
            }
        }
    }

    @Test
    void blocksAreNoTensorOfAnotherFormat() {
        Checkpoint input = Checkpoint.open(path("/fixtures/quantized/gguf-q4_k/model.gguf"));
        Path file = folder.resolve("a.safetensors");
        ConversionException refusal = assertThrows(ConversionException.class, () -> plain.convert(input, file));
        assertEquals(
                "`blk.0.attn_q.weight`, `blk.0.ffn_down.weight`: each is quantized as Q4_K, in blocks that only a GGUF file"
                        + " holds; write a GGUF file, or convert with a dtype first, as `graft convert IN OUT --dtype BF16` does",
                refusal.getMessage());
        assertFalse(Files.exists(file));
    }
}
