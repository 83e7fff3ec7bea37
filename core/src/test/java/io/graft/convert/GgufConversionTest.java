package io.graft.convert;

import static io.graft.checkpoint.Fixtures.path;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.LlamaFile;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.gguf.BlockType;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.rules.Rule;
import io.graft.model.rules.Rules;
import io.graft.model.tree.Selector;
import io.graft.registry.PlugRegistry;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
        return new Conversion(
                Optional.empty(), tensors, dtype.map(NewDtype.Numbers::new), names, Optional.empty(), false);
    }

    private static CheckpointConverter packing(BlockType type) {
        return converter(new Conversion(
                Optional.empty(),
                TensorChoice.ALL,
                Optional.of(new NewDtype.Blocks(type)),
                NameChanges.NONE,
                Optional.empty(),
                false));
    }

    private static byte[] blocks(Path file, String name) throws IOException {
        return Fixtures.bytes(StoredTensor.of(Checkpoint.open(file).stored().get(name), "file")
                .materialize());
    }

    private static OutputTensor tensor(String name, Shape shape, float... first) {
        ByteBuffer bytes = ByteBuffer.allocate((int) shape.elementCount() * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : first) {
            bytes.putFloat(value);
        }
        return new OutputTensor(name, DType.F32, shape, () -> TensorData.of(bytes.rewind()));
    }

    private Checkpoint checkpoint(OutputTensor... tensors) throws IOException {
        Path home = Files.createTempDirectory(folder, "model");
        new SafetensorsWriter(home, "model", SafetensorsWriter.UNLIMITED, Map.of()).write(List.of(tensors));
        return Checkpoint.open(home.resolve("model.safetensors"));
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

    /** Of tensors of other names or shapes, and of the same with their elements in other places, it may not be true. */
    @Test
    void ofOtherTensorsItIsToldAsLeftOut() throws IOException {
        Checkpoint input = Checkpoint.open(llama(3));
        List<Conversion> others = List.of(
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

    @Test
    void numbersArePackedAsGgufPyDoes() throws IOException {
        Checkpoint input = Checkpoint.open(path("gguf/numbers.safetensors"));
        for (BlockType type : BlockType.values()) {
            Path file = folder.resolve(type + ".gguf");
            ConversionReport report = packing(type).convert(input, file);
            assertEquals(List.of(), report.warnings());
            ConvertedTensor converted = report.tensors().get(0);
            assertEquals(
                    "F32 " + type + " [16, 512] " + 16 * 512 / type.elements() * type.bytes() + " OptionalDouble.empty",
                    converted.from() + " " + converted.to() + " " + converted.shape() + " " + converted.bytes() + " "
                            + converted.maxRelativeError());
            assertArrayEquals(
                    blocks(path("gguf/packed.gguf"), type.name().toLowerCase(Locale.ROOT) + ".weight"),
                    blocks(file, "numbers"));
            assertEquals(
                    Map.of("general.architecture", "tensors", "general.quantization_version", "2"),
                    Checkpoint.open(file).metadata());
        }
    }

    /** More than is packed at a time, in a dtype of its own, and cut anywhere. */
    @Test
    void aLargeTensorIsPackedAsItsBlocksAre() throws IOException {
        LazyTensor half = CastTensor.to(
                DType.F16,
                LazyTensors.generate("wave", DType.F32, Shape.of(3, 1 << 16), place -> Math.sin(place * 1.7)));
        float[] numbers = LazyTensors.floats(half);
        for (BlockType type : BlockType.values()) {
            byte[] expected = new byte[numbers.length / type.elements() * type.bytes()];
            float[] scales = new float[type.scales()];
            for (int block = 0; block < numbers.length / type.elements(); block++) {
                assertTrue(type.scale(numbers, block * type.elements(), scales, 0));
                type.pack(numbers, block * type.elements(), scales, 0, expected, block * type.bytes());
            }
            PackedTensor packed = new PackedTensor(folder, "w", half, type);
            assertArrayEquals(expected, Fixtures.bytes(packed.materialize()));
            ByteArrayOutputStream transferred = new ByteArrayOutputStream();
            packed.materialize().transferTo(Channels.newChannel(transferred));
            assertArrayEquals(expected, transferred.toByteArray());
            byte[] cut = new byte[1001];
            packed.materialize().window(77, 1001).get(cut);
            assertArrayEquals(Arrays.copyOfRange(expected, 77, 1078), cut);
            assertEquals("packed as " + type, packed.operation());
        }
    }

    @Test
    void onlyMatricesWhoseRowsDivideArePacked() throws IOException {
        Checkpoint input = checkpoint(
                tensor("a.weight", Shape.of(2, 32)),
                tensor("a.bias", Shape.of(32)),
                tensor("q_norm.weight", Shape.of(2, 32)),
                tensor("LayerNorm2.weight", Shape.of(2, 32)),
                tensor("normal.head.weight", Shape.of(2, 2, 64)),
                tensor("conv.weight", Shape.of(2, 2, 3)),
                new OutputTensor("steps", DType.I32, Shape.of(1, 32), () -> TensorData.of(ByteBuffer.allocate(128))));
        ConversionReport report = packing(BlockType.Q8_0).convert(input, folder.resolve("a.gguf"));
        assertEquals(
                List.of(
                        "LayerNorm2.weight F32",
                        "a.bias F32",
                        "a.weight Q8_0",
                        "conv.weight F32",
                        "normal.head.weight Q8_0",
                        "q_norm.weight F32",
                        "steps I32"),
                report.tensors().stream()
                        .map(tensor -> tensor.name() + " " + tensor.to())
                        .toList());
        assertEquals(
                List.of(
                        "left as they are, because their rows are no whole number of 32 elements, as blocks of Q8_0 have:"
                                + " `conv.weight`"),
                report.warnings());
        assertEquals(
                Shape.of(2, 2, 64),
                Checkpoint.open(folder.resolve("a.gguf"))
                        .tensors()
                        .get("normal.head.weight")
                        .shape());
    }

    /** What lies in such blocks, or cannot be packed, is copied; what lies in others is packed anew. */
    @Test
    void blocksOfTheTypeAreCopiedAndOthersPackedAnew() throws IOException {
        Path file = llama(3);
        ConversionReport same = packing(BlockType.Q8_0).convert(Checkpoint.open(file), folder.resolve("same.gguf"));
        assertEquals(
                List.of(
                        "left as they are, because their rows are no whole number of 32 elements, as blocks of Q8_0 have:"
                                + " `square.weight`"),
                same.warnings());
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(folder.resolve("same.gguf")));
        ConvertedTensor kept = same.tensors().get(1);
        assertEquals("Q8_0 Q8_0 [2, 32] 68", kept.from() + " " + kept.to() + " " + kept.shape() + " " + kept.bytes());

        ConversionReport wide = packing(BlockType.Q4_K).convert(Checkpoint.open(file), folder.resolve("wide.gguf"));
        assertEquals(
                List.of(
                        "left as they are, because their rows are no whole number of 256 elements, as blocks of Q4_K have:"
                                + " `blk.0.attn_q.weight`, `square.weight`"),
                wide.warnings());
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(folder.resolve("wide.gguf")));

        ConversionReport other = packing(BlockType.Q4_0).convert(Checkpoint.open(file), folder.resolve("other.gguf"));
        assertEquals(
                List.of(
                        "dequantized: 1 tensor from Q8_0",
                        "left as they are, because their rows are no whole number of 32 elements, as blocks of Q4_0 have:"
                                + " `square.weight`"),
                other.warnings());
        assertEquals(
                Optional.of("Q4_0"),
                Checkpoint.open(folder.resolve("other.gguf"))
                        .stored()
                        .get("blk.0.attn_q.weight")
                        .blockType());
    }

    @Test
    void aRuleMovesNumbersAndNoBlocks() throws IOException {
        Checkpoint input = Checkpoint.open(path("gguf/packed.gguf"));
        Path output = folder.resolve("moved.gguf");
        converter(new Conversion(
                        Optional.empty(),
                        new TensorChoice(List.of(Selector.parse("q8_0")), List.of()),
                        Optional.of(new NewDtype.Blocks(BlockType.Q8_0)),
                        ruled(new Rule.Reorder("q8_0.weight", 0, List.of(2, 8), List.of(1, 0))),
                        Optional.empty(),
                        false))
                .convert(input, output);
        float[] before = LazyTensors.floats(StoredTensor.of(input.tensors().get("q8_0.weight"), "in"));
        float[] after = LazyTensors.floats(
                StoredTensor.of(Checkpoint.open(output).tensors().get("q8_0.weight"), "out"));
        for (int column = 0; column < 512; column++) {
            assertEquals(before[8 * 512 + column], after[512 + column], 1e-6f);
        }
    }

    @Test
    void blocksNeedAGgufFile() throws IOException {
        Checkpoint input = Checkpoint.open(path("gguf/numbers.safetensors"));
        assertEquals(
                "Q8_0 is a type of blocks that only a GGUF file holds, and `" + folder.resolve("a.pt")
                        + "` is to be a file of pytorch; call the file .gguf, give --format gguf, or convert to another"
                        + " dtype, such as BF16",
                assertThrows(
                                ConversionException.class,
                                () -> packing(BlockType.Q8_0).convert(input, folder.resolve("a.pt")))
                        .getMessage());
        assertEquals(
                "Q4_K is a type of blocks that only a GGUF file holds, and `" + folder.resolve("out")
                        + "` is to be a folder of safetensors; call the file .gguf, give --format gguf, or convert to"
                        + " another dtype, such as BF16",
                assertThrows(
                                ConversionException.class,
                                () -> packing(BlockType.Q4_K).convert(input, folder.resolve("out")))
                        .getMessage());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void numbersThatNoBlockHoldsAreRefused() throws IOException {
        float[] last = new float[64];
        last[40] = Float.NaN;
        Checkpoint bad = checkpoint(tensor("a.weight", Shape.of(2, 32), last));
        assertRefused(bad, "`a.weight` holds NaN at [1, 8], which no block of Q8_0 holds");
        last[40] = Float.NEGATIVE_INFINITY;
        assertRefused(
                checkpoint(tensor("a.weight", Shape.of(2, 32), last)),
                "`a.weight` holds -Infinity at [1, 8], which no block of Q8_0 holds");
        last[40] = 1e9f;
        assertRefused(
                checkpoint(tensor("a.weight", Shape.of(2, 32), last)),
                "`a.weight` has values too large for scales of 16 bits in the block that begins at [1, 0], which no block"
                        + " of Q8_0 holds");
        // far in, where it is neither among the first that are read nor among the first that are packed
        float[] many = new float[(1 << 17) + 10_001];
        many[many.length - 1] = Float.NaN;
        assertRefused(
                checkpoint(tensor("a.weight", Shape.of(2, 1 << 17), many)),
                "`a.weight` holds NaN at [1, 10000], which no block of Q8_0 holds");
        many[many.length - 1] = 1e9f;
        assertRefused(
                checkpoint(tensor("a.weight", Shape.of(2, 1 << 17), many)),
                "`a.weight` has values too large for scales of 16 bits in the block that begins at [1, 9984], which no"
                        + " block of Q8_0 holds");
    }

    private void assertRefused(Checkpoint input, String message) {
        Path output = folder.resolve("refused.gguf");
        assertEquals(
                input.path() + ": " + message + "; convert to another dtype, such as BF16, or leave the tensor out",
                assertThrows(
                                CheckpointException.class,
                                () -> packing(BlockType.Q8_0).convert(input, output))
                        .getMessage());
        assertFalse(Files.exists(output));
    }

    @Test
    void dtypesAreFoundByTheirNames() {
        assertEquals(Optional.of(new NewDtype.Blocks(BlockType.Q4_K)), NewDtype.find("q4_k"));
        assertEquals(Optional.of(new NewDtype.Numbers(DType.BF16)), NewDtype.find("bf16"));
        assertEquals(Optional.of(new NewDtype.Blocks(BlockType.Q6_K)), NewDtype.find("Q6_K"));
        assertEquals(Optional.empty(), NewDtype.find("TQ2_0"));
        assertEquals(
                "values cannot be converted to I8; give F16, BF16, F32 or F64, or in a GGUF file Q8_0, Q4_0, Q4_1,"
                        + " Q5_0, Q5_1, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL or IQ4_XS",
                assertThrows(IllegalArgumentException.class, () -> NewDtype.find("i8"))
                        .getMessage());
    }
}
