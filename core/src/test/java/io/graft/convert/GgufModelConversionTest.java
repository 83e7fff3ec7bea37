package io.graft.convert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.GgufBuilder;
import io.graft.checkpoint.gguf.BlockType;
import io.graft.registry.PlugRegistry;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of llama.cpp whose numbers become others, with all that their files say of them. */
class GgufModelConversionTest {
    private static final int F32 = 0;
    private static final int F16 = 1;
    private static final int Q4_0 = 2;
    private static final int Q8_0 = 8;
    private static final int BF16 = 30;

    @TempDir
    Path folder;

    private static float[] numbers(int seed, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            // a few bits, which 16-bit numbers hold, too
            numbers[i] = (i * 37 + seed) % 41 / 8f - 2;
        }
        return numbers;
    }

    private static byte[] f32(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            bytes.putFloat(number);
        }
        return bytes.array();
    }

    private static byte[] as(DType dtype, float... numbers) throws IOException {
        TensorData cast = new DTypeConversion(TensorData.of(ByteBuffer.wrap(f32(numbers))), DType.F32, dtype);
        byte[] bytes = new byte[(int) cast.byteCount()];
        cast.window(0, bytes.length).get(bytes);
        return bytes;
    }

    private static byte[] packed(BlockType type, float... numbers) {
        byte[] bytes = new byte[numbers.length / type.elements() * type.bytes()];
        float[] scales = new float[type.scales()];
        for (int block = 0; block < numbers.length / type.elements(); block++) {
            type.scale(numbers, block * type.elements(), scales, 0);
            type.pack(numbers, block * type.elements(), scales, 0, bytes, block * type.bytes());
        }
        return bytes;
    }

    private static GgufBuilder said(int fileType, UnaryOperator<GgufBuilder> within) {
        GgufBuilder pairs = new GgufBuilder(64)
                .text("general.architecture", "llama")
                .number("llama.block_count", 1)
                .number("general.file_type", fileType);
        return within.apply(pairs.texts("tokenizer.ggml.tokens", "<s>", "\u2581a")
                .text("tokenizer.chat_template", "{{ messages }}"));
    }

    /** What a model's tensors are called, and which of them stay as they are. */
    private static GgufBuilder tensors(GgufBuilder pairs, int type, byte[] query, byte[] head) {
        return pairs.tensor("output_norm.weight", F32, f32(1, 2, 3), 3)
                .tensor("blk.0.attn_q.weight", type, query, 2, 32)
                .tensor("blk.0.ffn_gate_inp.weight", F32, f32(numbers(5, 64)), 2, 32)
                .tensor("blk.0.ssm_a", F32, f32(numbers(7, 32)), 1, 32)
                .tensor("output.weight", type, head, 1, 64);
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private ConversionReport convert(Path input, Optional<NewDtype> dtype) throws IOException {
        Path output = folder.resolve("out.gguf");
        Files.deleteIfExists(output);
        return new CheckpointConverter(
                        new Conversion(
                                Optional.empty(), TensorChoice.ALL, dtype, NameChanges.NONE, Optional.empty(), false),
                        PlugRegistry.discover(GgufModelConversionTest.class.getClassLoader())
                                .stateDictFormats())
                .convert(Checkpoint.open(input), output);
    }

    private void assertWritten(GgufBuilder expected) throws IOException {
        assertArrayEquals(expected.bytes(), Files.readAllBytes(folder.resolve("out.gguf")));
    }

    @Test
    void numbersBecomeBlocksAndEverythingElseIsSaidAgain() throws IOException {
        float[] query = numbers(0, 64);
        float[] head = numbers(3, 64);
        Path half = file(
                "half.gguf",
                tensors(said(1, pairs -> pairs), F16, as(DType.F16, query), as(DType.F16, head))
                        .bytes());
        assertEquals(
                List.of(),
                convert(half, Optional.of(new NewDtype.Blocks(BlockType.Q8_0))).warnings());
        assertWritten(tensors(
                said(7, pairs -> pairs.number("general.quantization_version", 2)),
                Q8_0,
                packed(BlockType.Q8_0, query),
                packed(BlockType.Q8_0, head)));
        assertEquals(
                List.of(),
                convert(half, Optional.of(new NewDtype.Blocks(BlockType.Q4_0))).warnings());
        assertWritten(tensors(
                said(2, pairs -> pairs.number("general.quantization_version", 2)),
                Q4_0,
                packed(BlockType.Q4_0, query),
                packed(BlockType.Q4_0, head)));
    }

    /** Vectors, norms and what else llama.cpp takes in 32 bits only stay so. */
    @Test
    void blocksBecomeNumbers() throws IOException {
        GgufBuilder query = tensors(
                said(7, pairs -> pairs.number("general.quantization_version", 2)),
                Q8_0,
                packed(BlockType.Q8_0, numbers(0, 64)),
                packed(BlockType.Q8_0, numbers(3, 64)));
        Path blocks = file("blocks.gguf", query.bytes());
        float[] restored = new float[64];
        float[] head = new float[64];
        for (int block = 0; block < 2; block++) {
            BlockType.Q8_0.unpack(packed(BlockType.Q8_0, numbers(0, 64)), block * 34, restored, block * 32);
            BlockType.Q8_0.unpack(packed(BlockType.Q8_0, numbers(3, 64)), block * 34, head, block * 32);
        }
        for (DType dtype : List.of(DType.F16, DType.BF16, DType.F32)) {
            assertEquals(
                    List.of("dequantized: 2 tensors from Q8_0"),
                    convert(blocks, Optional.of(new NewDtype.Numbers(dtype))).warnings());
            int type = Map.of(DType.F16, F16, DType.BF16, BF16, DType.F32, F32).get(dtype);
            int fileType = Map.of(DType.F16, 1, DType.BF16, 32, DType.F32, 0).get(dtype);
            assertWritten(tensors(
                    said(fileType, pairs -> pairs.number("general.quantization_version", 2)),
                    type,
                    as(dtype, restored),
                    as(dtype, head)));
        }
    }

    /** llama.cpp numbers none for such a file. */
    @Test
    void aTypeWithoutANumberIsNotTold() throws IOException {
        Path half = file(
                "half.gguf",
                new GgufBuilder(32)
                        .number("general.file_type", 1)
                        .number("llama.block_count", 1)
                        .tensor("w", F16, as(DType.F16, 1, 2), 2)
                        .bytes());
        convert(half, Optional.of(new NewDtype.Numbers(DType.F64)));
        assertWritten(new GgufBuilder(32).number("llama.block_count", 1).tensor("w", 28, as(DType.F64, 1, 2), 2));
    }

    /** A mixture stays called one as long as most of it is of the type. */
    @Test
    void theTypeOfAFileStaysWhereItIsTrue() throws IOException {
        float[] many = numbers(0, 512);
        UnaryOperator<GgufBuilder> pairs =
                builder -> builder.number("general.file_type", 15).number("general.quantization_version", 2);
        Path mixed = file(
                "mixed.gguf",
                pairs.apply(new GgufBuilder(32))
                        .tensor("a.weight", 12, packed(BlockType.Q4_K, many), 1, 512)
                        .tensor("b.weight", F16, as(DType.F16, numbers(1, 256)), 1, 256)
                        .bytes());
        convert(mixed, Optional.of(new NewDtype.Blocks(BlockType.Q4_K)));
        assertWritten(pairs.apply(new GgufBuilder(32))
                .tensor("a.weight", 12, packed(BlockType.Q4_K, many), 1, 512)
                .tensor("b.weight", 12, packed(BlockType.Q4_K, numbers(1, 256)), 1, 256));
    }

    /** As one file, which is no part of any. */
    @Test
    void aModelInPartsBecomesOneFile() throws IOException {
        UnaryOperator<GgufBuilder> before = builder -> builder.text("general.architecture", "llama");
        UnaryOperator<GgufBuilder> after = builder -> builder.number("llama.block_count", 1);
        file(
                "m-00001-of-00002.gguf",
                after.apply(before.apply(new GgufBuilder(32))
                                .shortNumber("split.no", 0)
                                .shortNumber("split.count", 2)
                                .number("split.tensors.count", 2))
                        .tensor("a.weight", F32, f32(1, 2), 2)
                        .bytes());
        file(
                "m-00002-of-00002.gguf",
                new GgufBuilder(32)
                        .shortNumber("split.no", 1)
                        .shortNumber("split.count", 2)
                        .number("split.tensors.count", 2)
                        .tensor("b.weight", F32, f32(numbers(0, 32)), 1, 32)
                        .bytes());
        assertEquals(
                List.of(),
                convert(folder.resolve("m-00001-of-00002.gguf"), Optional.empty())
                        .warnings());
        assertWritten(after.apply(before.apply(new GgufBuilder(32)))
                .tensor("a.weight", F32, f32(1, 2), 2)
                .tensor("b.weight", F32, f32(numbers(0, 32)), 1, 32));
        assertEquals(
                List.of(
                        "part 2 of 2 of a model, whose first part opens all of them",
                        "metadata that gguf files are written without: split.count, split.no, split.tensors.count"),
                convert(folder.resolve("m-00002-of-00002.gguf"), Optional.empty())
                        .warnings());
        assertEquals(
                Shape.of(1, 32),
                Checkpoint.open(folder.resolve("out.gguf"))
                        .tensors()
                        .get("b.weight")
                        .shape());
    }
}
