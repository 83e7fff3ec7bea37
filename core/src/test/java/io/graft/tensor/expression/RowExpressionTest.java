package io.graft.tensor.expression;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.transpose;
import static io.graft.tensor.expression.Expressions.unpack;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows are what they are of the whole. */
class RowExpressionTest {
    private static final int ROWS = 6;
    private static final int WIDTH = 32;
    private static final Shape TABLE = Shape.of(ROWS, WIDTH);

    private static Expression.Owned bytes(long... shape) {
        return new Expression.Owned("bytes", Shape.of(shape), DType.U8);
    }

    private static Expression.Owned words(long... shape) {
        return new Expression.Owned("words", Shape.of(shape), DType.I32);
    }

    private static Expression.Owned numbers(String slot, long... shape) {
        return new Expression.Owned(slot, Shape.of(shape), DType.F32);
    }

    static List<Expression> cut() {
        Expression table = stored(tensor("table", Shape.of(16), DType.F32));
        Expression fields = unpack(bytes(ROWS * WIDTH / 2), 4, true, Shape.of(ROWS * WIDTH));
        return List.of(
                // Bytes, with a scale for each row, one for all, and one of few numbers for blocks of rows.
                multiply(bytes(ROWS, WIDTH), numbers("scale", ROWS, 1)),
                multiply(bytes(ROWS, WIDTH), numbers("scale", 1)),
                multiply(bytes(ROWS, WIDTH), repeat(numbers("scale", 2, 1), 0, 4, ROWS)),
                // Groups of a row.
                reshape(
                        multiply(
                                reshape(unpack(words(ROWS, WIDTH / 8), 4, false, TABLE), Shape.of(ROWS, 4, 8)),
                                numbers("scale", ROWS, 4, 1)),
                        TABLE),
                // Three bits, of which some lie in two words.
                cast(unpack(words(ROWS, 3), 3, false, TABLE), DType.F32),
                // Indices without an axis of rows, with blocks that are whole in each.
                reshape(
                        multiply(lookup(table, fields), repeat(numbers("scale", ROWS * 2), 0, 16, ROWS * WIDTH)),
                        TABLE),
                // Blocks of scales that are stored themselves as indices and scales.
                reshape(
                        multiply(
                                lookup(table, fields),
                                repeat(
                                        multiply(
                                                lookup(
                                                        table,
                                                        unpack(
                                                                new Expression.Owned("inner", Shape.of(ROWS), DType.U8),
                                                                4,
                                                                true,
                                                                Shape.of(ROWS * 2))),
                                                repeat(numbers("outer", 2), 0, 8, ROWS * 2)),
                                        0,
                                        16,
                                        ROWS * WIDTH)),
                        TABLE),
                // What stands on it.
                add(
                        multiply(bytes(ROWS, WIDTH), numbers("scale", ROWS, 1)),
                        multiply(
                                reshape(matMul(numbers("left", ROWS, 2), numbers("right", 2, WIDTH)), TABLE),
                                constant(0.5))),
                transpose(numbers("left", WIDTH, ROWS)),
                concat(1, slice(numbers("left", ROWS, 40), 1, 8, 16), numbers("right", ROWS, 16)),
                permute(reshape(numbers("left", ROWS, WIDTH), Shape.of(ROWS, 4, 8)), 0, 2, 1),
                norm(reshape(numbers("left", ROWS, WIDTH), Shape.of(ROWS, 4, 8)), 2));
    }

    @ParameterizedTest
    @MethodSource("cut")
    void eachRowIsThatOfTheWhole(Expression value) throws IOException {
        RowExpression rows = RowExpression.of(value).orElseThrow();
        byte[] whole = run(value, Map.of());
        int length = whole.length / ROWS;
        for (int row = 0; row < ROWS; row++) {
            Map<String, LazyTensor> parts = new HashMap<>();
            for (Expression node : rows.rows().nodes()) {
                if (node instanceof Expression.Owned owned
                        && rows.part(owned.slot()).isPresent()) {
                    byte[] all = run(rows.part(owned.slot()).get(), Map.of());
                    int size = all.length / ROWS;
                    ByteBuffer some =
                            ByteBuffer.wrap(all, row * size, size).slice().order(ByteOrder.LITTLE_ENDIAN);
                    parts.put(owned.slot(), new Bound(owned.dtype(), owned.shape(), some));
                }
            }
            byte[] own = run(rows.rows(), parts);
            assertArrayEquals(Arrays.copyOfRange(whole, row * length, (row + 1) * length), own);
        }
    }

    static Stream<Expression> uncut() {
        Expression.Below below = new Expression.Below(TABLE, DType.F32);
        return Stream.of(
                transpose(add(numbers("left", WIDTH, ROWS), constant(1))),
                // Blocks that begin in one row and end in the next.
                reshape(
                        multiply(
                                reshape(bytes(ROWS, WIDTH), Shape.of(ROWS * WIDTH)),
                                repeat(numbers("scale", 4), 0, 48, ROWS * WIDTH)),
                        TABLE),
                add(below, norm(below, 0, 1)),
                lookup(below, stored(tensor("indices", Shape.of(ROWS), DType.I64))),
                concat(0, numbers("left", 2, WIDTH), numbers("right", 4, WIDTH)),
                numbers("one", 1, WIDTH),
                numbers("scalar"));
    }

    @ParameterizedTest
    @MethodSource("uncut")
    void whatHasNoRowsOfItsOwnIsMadeAsAWhole(Expression value) {
        assertTrue(RowExpression.of(value).isEmpty());
    }

    @Test
    void partsAreWhatHasTheRows() {
        Expression.Owned codes = bytes(ROWS, WIDTH);
        Expression.Owned scale = numbers("scale", 1, 1);
        RowExpression rows = RowExpression.of(multiply(codes, scale)).orElseThrow();
        assertEquals(Shape.of(1, 1, WIDTH), rows.rows().shape());
        assertEquals(Optional.of(codes), rows.part("rows of 0"));
        assertEquals(Optional.empty(), rows.part("scale"));
    }

    private static byte[] run(Expression value, Map<String, LazyTensor> bound) throws IOException {
        Map<String, LazyTensor> owned = new HashMap<>(bound);
        for (Expression node : value.nodes()) {
            if (node instanceof Expression.Owned leaf) {
                owned.computeIfAbsent(leaf.slot(), slot -> tensor(slot, leaf.shape(), leaf.dtype()));
            }
        }
        LazyTensor tensor = ExpressionTensors.evaluate(value, "run", Optional.empty(), owned);
        byte[] bytes = new byte[(int) tensor.dtype().byteCount(tensor.shape())];
        tensor.materialize().read(0, ByteBuffer.wrap(bytes));
        return bytes;
    }

    private static LazyTensor tensor(String name, Shape shape, DType dtype) {
        return LazyTensors.generate(
                name,
                dtype,
                shape,
                i -> dtype.isFloatingPoint() ? Math.sin((double) (i + name.length())) : i * 37 % 251);
    }

    private record Bound(DType dtype, Shape shape, ByteBuffer bytes) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Initial("rows");
        }

        @Override
        public TensorData materialize() {
            return TensorData.of(bytes);
        }
    }
}
