package io.graft.tensor.expression.bands;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.sqrt;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;
import static io.graft.tensor.expression.Expressions.unpack;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is in another order is computed from what lies in a file in rows, without any tensor as a whole. */
class TurnedTest {
    private static final int ROWS = 523;
    private static final int COLUMNS = 261;

    /** As the memory of a file. */
    private record OfAFile(TensorData data) implements TensorData {
        @Override
        public long byteCount() {
            return data.byteCount();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            return data.window(offset, length);
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            data.transferTo(target);
        }

        @Override
        public boolean isDivisible() {
            return true;
        }

        @Override
        public boolean isMapped() {
            return true;
        }
    }

    /** Numbers that every type has, more than are held. */
    private static LazyTensor mapped(DType dtype, long... shape) {
        Shape of = Shape.of(shape);
        SplittableRandom random = new SplittableRandom(of.elementCount());
        double[] values = LongStream.range(0, of.elementCount())
                .mapToDouble(i -> random.nextInt(100))
                .toArray();
        Tensors.Fixed tensor = Tensors.of(dtype, of, values);
        return new Tensors.Fixed("x", dtype, of, new OfAFile(tensor.materialize()));
    }

    /** Computes, and tells what was there as a whole for it. */
    private record Watching(Computing computing, List<Long> held) implements Wholes {
        @Override
        public Source source(Expression leaf) {
            return computing.source(leaf);
        }

        @Override
        public Whole whole(String what, Step step, long count) {
            held.add(count);
            return computing.whole(what, step, count);
        }

        @Override
        public Whole norms(Step operand, Shape from, Shape to) {
            return computing.norms(operand, from, to);
        }

        @Override
        public Whole inverses(Step operand, Shape shape) {
            return computing.inverses(operand, shape);
        }
    }

    private static double[] values(Expression root, List<Long> held) throws IOException {
        Leaves leaves = new Leaves(Optional.empty(), Map.of());
        Step step = new BandCompiler(new Watching(new Computing(leaves, Computing.MOST_IN_MEMORY), held))
                .evaluate(root)
                .step();
        DType dtype = step.kind().dtype();
        int count = (int) root.shape().elementCount();
        TensorData data = TensorData.computed(true, dtype, count, new Bands(new Program(step), dtype));
        return Tensors.valuesOf(new Tensors.Fixed("y", dtype, root.shape(), data));
    }

    @ParameterizedTest
    @EnumSource(names = {"U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F16", "BF16", "F32", "F64"})
    void ofEachType(DType dtype) throws IOException {
        LazyTensor tensor = mapped(dtype, ROWS, COLUMNS);
        double[] straight = Tensors.valuesOf(tensor);
        double[] expected = new double[straight.length];
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                expected[column * ROWS + row] = straight[row * COLUMNS + column];
            }
        }
        List<Long> held = new ArrayList<>();
        assertArrayEquals(expected, values(transpose(stored(tensor)), held));
        assertEquals(List.of(), held);
    }

    /** The negative ones as well, and those that no other type has. */
    @Test
    void bitsAsTheyAre() throws IOException {
        ByteBuffer longs = ByteBuffer.allocate(8 * 300 * 300).order(ByteOrder.LITTLE_ENDIAN);
        SplittableRandom random = new SplittableRandom(1);
        while (longs.hasRemaining()) {
            longs.putLong(random.nextLong());
        }
        TensorData data = new OfAFile(TensorData.of(longs.flip()));
        for (DType dtype : List.of(DType.I8, DType.I16, DType.I32, DType.I64, DType.U64)) {
            int width = dtype.bits() / 8;
            long columns = 300L * 8 / width;
            LazyTensor tensor = new Tensors.Fixed("x", dtype, Shape.of(300, columns), data);
            ByteBuffer turned = ExpressionTensors.evaluate(
                            transpose(stored(tensor)), "turn", Optional.empty(), Map.of())
                    .materialize()
                    .window(0, 8 * 300 * 300);
            for (int i = 0; i < 300 * columns; i++) {
                int from = (int) (i % 300 * columns + i / 300);
                for (int each = 0; each < width; each++) {
                    assertEquals(longs.get(from * width + each), turned.get(i * width + each), dtype + " " + i);
                }
            }
        }
    }

    static List<Expression> computed() {
        Expression words = stored(mapped(DType.U8, ROWS, COLUMNS));
        Expression same = stored(mapped(DType.F32, ROWS, COLUMNS));
        Expression table = stored(Tensors.counted(97, 40, Shape.of(100)));
        Expression nibbles = unpack(words, 4, false, Shape.of(ROWS, 2L * COLUMNS));
        Expression scales = repeat(stored(Tensors.counted(31, 9, Shape.of(ROWS, 9))), 1, 58, 2L * COLUMNS);
        return List.of(
                multiply(same, words),
                subtract(sqrt(same), cast(words, DType.F32)),
                lookup(table, words),
                multiply(nibbles, scales),
                subtract(nibbles, scales),
                unpack(words, 2, true, Shape.of(ROWS, 4L * COLUMNS)),
                lookup(table, unpack(words, 4, true, Shape.of(ROWS, 2L * COLUMNS))));
    }

    /** Order is what the leaves are brought into; what comes of it is what one gets by turning the result. */
    @ParameterizedTest
    @MethodSource
    void computed(Expression value) throws IOException {
        double[] straight = values(value, new ArrayList<>());
        int rows = (int) value.shape().dimension(0);
        int columns = (int) value.shape().dimension(1);
        List<Long> held = new ArrayList<>();
        double[] turned = values(transpose(value), held);
        for (int i = 0; i < turned.length; i++) {
            assertEquals(straight[i % rows * columns + i / rows], turned[i], "element " + i);
        }
        assertEquals(List.of(), held.stream().filter(count -> count > 5000).toList());
    }

    /** Fields of integers that are turned, as in AWQ and HQQ. */
    @Test
    void fieldsInsideAndAcrossIntegers() throws IOException {
        LazyTensor tensor = mapped(DType.I32, ROWS, COLUMNS);
        Expression words = stored(tensor);
        Expression fields =
                unpack(reshape(transpose(words), Shape.of(COLUMNS, ROWS, 1)), 4, false, Shape.of(COLUMNS, ROWS, 8));
        double[] straight = Tensors.valuesOf(tensor);
        List<Long> held = new ArrayList<>();
        double[] turned = values(permute(reshape(fields, Shape.of(COLUMNS, ROWS, 2, 4)), 0, 3, 2, 1), held);
        for (int i = 0; i < turned.length; i++) {
            int row = i % ROWS;
            int half = i / ROWS % 2;
            int each = i / ROWS / 2 % 4;
            int column = i / ROWS / 8;
            assertEquals((int) straight[row * COLUMNS + column] >>> (4 * (4 * half + each)) & 15, turned[i], "at " + i);
        }
        assertEquals(List.of(), held);
        double[] first = values(permute(fields, 2, 0, 1), held);
        assertEquals((int) straight[COLUMNS] >>> 4 & 15, first[COLUMNS * ROWS + 1]);
        assertEquals(List.of(), held);
    }
}
