package io.graft.modifiers.quantization.stored;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.gguf.BlockType;
import io.graft.model.parametrization.Form;
import io.graft.modifiers.quantization.layout.GgufValue;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks of GGUF of every type that is packed: what their bytes stand for, by expressions and by the reader. */
class GgufBlocksTest {
    private static final Path FIXTURES = Path.of("..", "core", "src", "test", "resources", "fixtures", "quantized");

    private static LazyTensor evaluated(Expression value, LazyTensor bytes) {
        return ExpressionTensors.evaluate(value, "value", Optional.empty(), Map.of("weight", bytes));
    }

    private static byte[] packed(BlockType type) throws IOException {
        Path file =
                FIXTURES.resolve("gguf-" + type.name().toLowerCase(Locale.ROOT)).resolve("model.gguf");
        TensorEntry entry = Checkpoint.open(file).tensors().get("blk.0.attn_q.weight");
        ByteRange range = entry.encoding().orElseThrow().stored().get(0).range();
        return Arrays.copyOfRange(
                Files.readAllBytes(file), (int) range.offset(), (int) (range.offset() + range.length()));
    }

    private static LazyTensor tensor(byte[] bytes) {
        return new Bytes(ByteBuffer.wrap(bytes), Shape.of(bytes.length));
    }

    private static Expression leaf(byte[] bytes) {
        return new Expression.Owned("weight", Shape.of(bytes.length), DType.U8);
    }

    @ParameterizedTest
    @EnumSource(BlockType.class)
    void theExpressionIsWhatTheReaderFinds(BlockType type) throws IOException {
        byte[] bytes = packed(type);
        int blocks = bytes.length / type.bytes();
        float[] expected = new float[blocks * type.elements()];
        for (int block = 0; block < blocks; block++) {
            type.unpack(bytes, block * type.bytes(), expected, block * type.elements());
        }
        Form form = GgufValue.of(type, leaf(bytes), Shape.of(expected.length), Form.ScaledCodes.Kernel.NONE);
        assertArrayEquals(expected, LazyTensors.floats(evaluated(form.value(), tensor(bytes))));
    }

    /** With their own scales, the values that blocks hold become the blocks that they are. */
    @ParameterizedTest
    @EnumSource(BlockType.class)
    void whatBlocksHoldIsPackedWithTheirScales(BlockType type) throws IOException {
        byte[] bytes = packed(type);
        float[] scales = LazyTensors.floats(evaluated(GgufValue.scales(type, leaf(bytes)), tensor(bytes)));
        int blocks = bytes.length / type.bytes();
        assertEquals(blocks * type.scales(), scales.length);
        float[] held = new float[type.elements()];
        float[] again = new float[type.elements()];
        byte[] block = new byte[type.bytes()];
        for (int i = 0; i < blocks; i++) {
            type.unpack(bytes, i * type.bytes(), held, 0);
            type.pack(held, 0, scales, i * type.scales(), block, 0);
            type.unpack(block, 0, again, 0);
            for (int at = 0; at < held.length; at++) {
                // Of two zeros either one will do.
                assertEquals(held[at] + 0f, again[at] + 0f, type + ", block " + i);
            }
        }
    }

    private record Bytes(ByteBuffer bytes, Shape shape) implements io.graft.tensor.ComputedTensor {
        @Override
        public String operation() {
            return "bytes";
        }

        @Override
        public DType dtype() {
            return DType.U8;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public TensorData materialize() {
            return TensorData.of(bytes.duplicate());
        }
    }
}
