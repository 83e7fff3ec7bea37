package io.graft.convert;

import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.LlamaFile;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.rules.Rule;
import io.graft.model.rules.Rules;
import io.graft.model.tree.Selector;
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
        return converter(conversion(dtype, NameChanges.NONE, TensorChoice.ALL));
    }

    private static Conversion conversion(Optional<DType> dtype, NameChanges names, TensorChoice tensors) {
        return new Conversion(Optional.empty(), tensors, dtype, names, Optional.empty(), false);
    }

    private static NameChanges ruled(Rule rule) {
        return new NameChanges(Optional.empty(), new Rules(List.of(rule)), Optional.empty());
    }

    private Path llama(int version) throws IOException {
        return Files.write(folder.resolve("llama.gguf"), LlamaFile.bytes(version));
    }

    private static CheckpointConverter converter(Conversion conversion) {
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

    @Test
    void ofTheSameTensorsEverythingIsSaidAgain() throws IOException {
        ConversionReport report = plain.convert(Checkpoint.open(path("gguf/packed.gguf")), folder.resolve("a.gguf"));
        assertEquals(List.of(), report.warnings());
        assertArrayEquals(Files.readAllBytes(path("gguf/packed.gguf")), Files.readAllBytes(folder.resolve("a.gguf")));
        for (int version : new int[] {2, 3}) {
            Path file = llama(version);
            Path output = folder.resolve("llama-" + version + ".gguf");
            assertEquals(List.of(), plain.convert(Checkpoint.open(file), output).warnings());
            assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(output));
        }
    }

    /** Of others, and of the same with their elements in other places, it may not be true. */
    @Test
    void ofOtherTensorsItIsToldAsLeftOut() throws IOException {
        Checkpoint input = Checkpoint.open(llama(3));
        List<Conversion> others = List.of(
                conversion(Optional.of(DType.F16), NameChanges.NONE, TensorChoice.ALL),
                conversion(Optional.empty(), ruled(new Rule.Rename("output_norm", "norm")), TensorChoice.ALL),
                conversion(Optional.empty(), ruled(new Rule.Transpose("square.weight")), TensorChoice.ALL),
                conversion(
                        Optional.empty(),
                        NameChanges.NONE,
                        new TensorChoice(List.of(), List.of(Selector.parse("square")))));
        for (Conversion other : others) {
            Path output = folder.resolve("other.gguf");
            Files.deleteIfExists(output);
            List<String> lost = converter(other).convert(input, output).warnings();
            assertEquals(
                    "metadata that gguf files are written without: general.architecture, llama.block_count,"
                            + " llama.rope.freq_base, tokenizer.ggml.tokens",
                    lost.get(lost.size() - 1));
            assertEquals("tensors", Checkpoint.open(output).metadata().get("general.architecture"));
        }
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
