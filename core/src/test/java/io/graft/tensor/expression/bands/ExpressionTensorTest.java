package io.graft.tensor.expression.bands;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.exp;
import static io.graft.tensor.expression.Expressions.inverse;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.sqrt;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;
import static io.graft.tensor.expression.Expressions.unpack;
import static io.graft.tensor.expression.bands.Tensors.floats;
import static io.graft.tensor.expression.bands.Tensors.valuesOf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What expressions give, by hand; how they are read; and what is refused. */
class ExpressionTensorTest {
    private static final LazyTensor TWO_BY_THREE = floats(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);

    private static Expression of(DType dtype, Shape shape, double... values) {
        return stored(Tensors.of(dtype, shape, values));
    }

    private static Expression matrix() {
        return stored(TWO_BY_THREE);
    }

    private static Expression vector(double... values) {
        return stored(floats(Shape.of(values.length), values));
    }

    private static double[] values(double... values) {
        return values;
    }

    static List<Arguments> byHand() {
        Expression integers = of(DType.U8, Shape.of(3), 1, 2, 255);
        return List.of(
                Arguments.of(add(matrix(), vector(10, 20, 30)), values(11, 22, 33, 14, 25, 36)),
                Arguments.of(subtract(constant(1), vector(1, 2)), values(0, -1)),
                Arguments.of(multiply(integers, constant(0.5)), values(0.5, 1, 127.5)),
                Arguments.of(divide(matrix(), of(DType.BF16, Shape.of(2, 1), 2, 4)), values(0.5, 1, 1.5, 1, 1.25, 1.5)),
                Arguments.of(sqrt(vector(4, 2.25)), values(2, 1.5)),
                Arguments.of(exp(of(DType.F64, Shape.of(2), 0, 1)), values(1, StrictMath.exp(1))),
                Arguments.of(inverse(of(DType.F32, Shape.of(1, 2, 2), 0, 2, 4, 8)), values(-1, 0.25, 0.5, 0)),
                Arguments.of(matMul(matrix(), transpose(matrix())), values(14, 32, 32, 77)),
                Arguments.of(
                        matMul(
                                of(DType.F32, Shape.of(2, 1, 2), 1, 2, 3, 4),
                                of(DType.F64, Shape.of(2, 2, 1), 1, 2, 3, 4)),
                        values(5, 25)),
                Arguments.of(reshape(matrix(), Shape.of(3, 2)), values(1, 2, 3, 4, 5, 6)),
                Arguments.of(permute(matrix(), 1, 0), values(1, 4, 2, 5, 3, 6)),
                Arguments.of(slice(matrix(), 1, 1, 2), values(2, 3, 5, 6)),
                Arguments.of(concat(1, matrix(), of(DType.I8, Shape.of(2, 1), 7, -8)), values(1, 2, 3, 7, 4, 5, 6, -8)),
                Arguments.of(repeat(vector(1, 2, 3), 0, 2, 5), values(1, 1, 2, 2, 3)),
                Arguments.of(repeat(matrix(), 0, 2, 3), values(1, 2, 3, 1, 2, 3, 4, 5, 6)),
                Arguments.of(norm(of(DType.F32, Shape.of(2, 2), 3, 4, 6, 8), 1), values(5, 10)),
                Arguments.of(norm(of(DType.F32, Shape.of(2, 2), 3, 6, 4, 8), 0), values(5, 10)),
                Arguments.of(norm(of(DType.F64, Shape.of(2, 2), 1, 1, 1, 1), 0, 1), values(2)),
                Arguments.of(norm(of(DType.F32, Shape.of(0, 2)), 0), values(0, 0)),
                Arguments.of(norm(of(DType.F32, Shape.of(2, 0)), 1), values(0, 0)),
                Arguments.of(cast(vector(1.001953125, 1.005859375), DType.BF16), values(1, 1.0078125)),
                Arguments.of(cast(vector(1.75, -1.75), DType.I16), values(1, -1)),
                Arguments.of(cast(vector(0, 0.5), DType.BOOL), values(0, 1)),
                Arguments.of(lookup(matrix(), of(DType.I64, Shape.of(3), 1, 0, 1)), values(4, 5, 6, 1, 2, 3, 4, 5, 6)),
                Arguments.of(unpack(integers, 4, false, Shape.of(6)), values(1, 0, 2, 0, 15, 15)),
                Arguments.of(unpack(integers, 4, true, Shape.of(6)), values(0, 1, 0, 2, 15, 15)),
                // Three bits, so that fields go on in the next byte: 1 1 0 1 1 0 0 0, 0 1 1 0 0 0 1 1 from the lowest
                // bit.
                Arguments.of(
                        unpack(of(DType.U8, Shape.of(2), 0x1b, 0xc6), 3, false, Shape.of(5)), values(3, 3, 0, 3, 4)),
                Arguments.of(
                        unpack(of(DType.U8, Shape.of(2), 0x1b, 0xc6), 3, true, Shape.of(5)), values(0, 6, 7, 4, 3)),
                Arguments.of(add(of(DType.F32, Shape.SCALAR, 1), constant(2)), values(3)),
                Arguments.of(matMul(of(DType.F32, Shape.of(2, 0)), of(DType.F32, Shape.of(0, 2))), values(0, 0, 0, 0)),
                Arguments.of(matMul(of(DType.F32, Shape.of(0, 3)), transpose(matrix())), values()));
    }

    @ParameterizedTest
    @MethodSource
    void byHand(Expression root, double[] expected) throws IOException {
        assertArrayEquals(expected, valuesOf(root, null));
    }

    /** In 32 bits where no operand has more. */
    @Test
    void arithmeticHasTheBitsOfItsType() throws IOException {
        assertEquals(0.1f + 0.2f, valuesOf(add(vector(0.1), constant(0.2)), null)[0]);
        assertEquals(0.1 + 0.2, valuesOf(add(of(DType.F64, Shape.of(1), 0.1), constant(0.2)), null)[0]);
        assertEquals(
                0.1f + 0.2,
                valuesOf(add(of(DType.F64, Shape.of(1), 0.2), reshape(constant(0.1), Shape.of(1))), null)[0],
                1e-8);
    }

    /** What only moves integers keeps every bit of them. */
    @Test
    void integersAreExact() throws IOException {
        ByteBuffer longs = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        longs.putLong((1L << 62) + 1).putLong(-1).flip();
        for (DType dtype : List.of(DType.I64, DType.U64)) {
            LazyTensor tensor = new Tensors.Fixed("x", dtype, Shape.of(2), TensorData.of(longs));
            Expression turned = lookup(stored(tensor), stored(Tensors.of(DType.I64, Shape.of(2), 1, 0)));
            ByteBuffer bytes = ExpressionTensors.evaluate(turned, "turn", Optional.empty(), Map.of())
                    .materialize()
                    .window(0, 16);
            assertEquals(-1, bytes.getLong());
            assertEquals((1L << 62) + 1, bytes.getLong());
        }
    }

    /** Values under a parametrization are not rounded yet. */
    @Test
    void whatIsBelowMayHaveMoreBitsThanItsType() throws IOException {
        Expression root = add(new Expression.Below(Shape.of(1), DType.BF16), constant(1));
        assertEquals(2.001f, valuesOf(root, floats(Shape.of(1), 1.001f))[0]);
    }

    @Test
    void inputsAreWhatIsReadAndNothingElse() {
        LazyTensor a = new Tensors.Fixed("a", DType.F32, Shape.of(3), TensorData.of(ByteBuffer.allocate(12)));
        Expression owned = new Expression.Owned("a", Shape.of(3), DType.F32);
        Expression root = add(new Expression.Below(Shape.of(2, 3), DType.F32), multiply(owned, owned));
        ComputedTensor tensor =
                ExpressionTensors.evaluate(root, "add a squared", Optional.of(TWO_BY_THREE), Map.of("a", a, "b", a));
        assertEquals(List.of(TWO_BY_THREE, a), tensor.inputs());
        assertEquals(
                new Provenance.Computed(
                        "add a squared",
                        List.of(new Provenance.Stored("memory", "x"), new Provenance.Stored("memory", "a"))),
                tensor.provenance());
        assertEquals(Shape.of(2, 3), tensor.shape());
        assertEquals(DType.F32, tensor.dtype());
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        Expression below = new Expression.Below(Shape.of(2), DType.F32);
        Expression owned = new Expression.Owned("a", Shape.of(2), DType.F32);
        refused("the expression reads what is below, and nothing is", below, null, Map.of());
        refused("what is below is F32 [2, 3], and the expression takes F32 [2]", below, TWO_BY_THREE, Map.of());
        refused(
                "`a` is F64 [2], and the expression takes F32 [2]",
                owned,
                null,
                Map.of("a", Tensors.of(DType.F64, Shape.of(2), 1, 2)));
        refused(
                "the expression reads the slot `a`, and there are only [b, c]",
                owned,
                null,
                Map.of("c", TWO_BY_THREE, "b", TWO_BY_THREE));
        refused(
                "a stored tensor is C64, which has no arithmetic",
                stored(new Tensors.Fixed("x", DType.C64, Shape.of(0), TensorData.of(ByteBuffer.allocate(0)))),
                null,
                Map.of());
        refused(
                "an expression cannot give F8_E4M3; cast it to BF16, F16 or F32",
                stored(new Tensors.Fixed("x", DType.F8_E4M3, Shape.of(0), TensorData.of(ByteBuffer.allocate(0)))),
                null,
                Map.of());
    }

    private static void refused(String message, Expression root, LazyTensor below, Map<String, LazyTensor> owned) {
        assertEquals(
                message,
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ExpressionTensors.evaluate(root, "test", Optional.ofNullable(below), owned))
                        .getMessage());
    }

    @Test
    void whatHasNoResultIsAnError() {
        Expression indices = of(DType.I64, Shape.of(2), 1, 2);
        fails("a lookup asks for row 2 of a table that has 2", lookup(matrix(), indices), null);
        fails(
                "a lookup asks for row 2 of a table that has 2",
                lookup(new Expression.Below(Shape.of(2, 3), DType.F32), indices),
                TWO_BY_THREE);
        fails("a matrix of [2, 2] has no inverse", inverse(of(DType.F32, Shape.of(2, 2), 1, 2, 2, 4)), null);
        fails("the value 300.0 has no U8", cast(vector(300), DType.U8), null);
    }

    private static void fails(String message, Expression root, LazyTensor below) {
        assertEquals(
                message,
                assertThrows(IOException.class, () -> valuesOf(root, below)).getMessage());
    }

    @Test
    void inversesHaveALimit() {
        Leaves none = new Leaves(Optional.empty(), Map.of());
        LazyTensor tensor = new ExpressionTensor(inverse(of(DType.F32, Shape.of(2, 2), 1, 0, 0, 1)), "", none, 3);
        assertEquals(
                "an inverse of [2, 2] is too large: at most 3 elements can be inverted",
                assertThrows(IOException.class, tensor::materialize).getMessage());
    }

    @Test
    void whatBandsCannotGiveIsTold() {
        Expression below = new Expression.Below(Shape.of(4096, 1024), DType.BF16);
        Expression large = new Expression.Below(Shape.of(65536, 1024), DType.BF16);
        Expression square = new Expression.Below(Shape.of(64, 64), DType.F32);
        Expression factor = new Expression.Owned("a", Shape.of(4096, 1024), DType.F32);
        assertEquals(List.of(), ExpressionTensors.wholeNodes(multiply(below, norm(add(below, factor), 1))));
        assertEquals(
                List.of(), ExpressionTensors.wholeNodes(add(below, transpose(reshape(factor, Shape.of(1024, 4096))))));
        assertEquals(
                List.of("norm of [4096, 1024] to [1, 1024] reads what is below once more"),
                ExpressionTensors.wholeNodes(norm(below, 0)));
        assertEquals(
                List.of("permute of [4096, 1024] is held whole, 16 MiB in memory"),
                ExpressionTensors.wholeNodes(transpose(below)));
        assertEquals(
                List.of("permute of [65536, 1024] is held whole, 256 MiB in a temporary file"),
                ExpressionTensors.wholeNodes(transpose(large)));
        assertEquals(
                List.of("right side of the product [64, 64] is held whole, 1 MiB in memory"),
                ExpressionTensors.wholeNodes(matMul(square, square)));
        assertEquals(
                List.of("inverse of [64, 64] is held whole, 1 MiB in memory"),
                ExpressionTensors.wholeNodes(inverse(square)));
        Expression indices = new Expression.Owned("i", Shape.of(1 << 23), DType.I32);
        assertEquals(
                List.of("table of [64, 64] is held whole, 1 MiB in memory"),
                ExpressionTensors.wholeNodes(lookup(square, indices)));
    }

    /** A tensor of several blocks, whose windows end anywhere. */
    private static LazyTensor tall(int rows, int columns, DType dtype) {
        double[] values = IntStream.range(0, rows * columns)
                .mapToDouble(i -> (i * 7919 % 1009 - 504) / 64.0)
                .toArray();
        return Tensors.of(dtype, Shape.of(rows, columns), values);
    }

    static List<Arguments> large() {
        LazyTensor base = tall(61, 3001, DType.BF16);
        Expression below = new Expression.Below(base.shape(), base.dtype());
        Expression b = stored(tall(61, 13, DType.F32));
        Expression a = stored(tall(13, 3001, DType.F16));
        Expression lora = add(below, multiply(matMul(b, a), constant(0.25)));
        Expression byRows = multiply(lora, divide(stored(tall(61, 1, DType.F32)), norm(lora, 1)));
        Expression byColumns = multiply(lora, divide(stored(tall(1, 3001, DType.F32)), norm(lora, 0)));
        Expression fused = concat(0, slice(lora, 0, 0, 20), slice(below, 0, 20, 41));
        Expression turned = transpose(multiply(
                transpose(below), vector(IntStream.range(0, 61).asDoubleStream().toArray())));
        Expression wide = slice(concat(1, below, lora), 1, 2990, 3000);
        Expression rows = lookup(
                concat(0, below, stored(tall(3, 3001, DType.F32))),
                stored(Tensors.of(
                        DType.I64,
                        Shape.of(61),
                        IntStream.range(0, 61)
                                .mapToDouble(i -> i % 9 == 4 ? 61 + i % 3 : i)
                                .toArray())));
        return List.of(
                Arguments.of("lora", lora, base),
                Arguments.of("norms of rows", byRows, base),
                Arguments.of("norms of columns", byColumns, base),
                Arguments.of("fused", fused, base),
                Arguments.of("turned", turned, base),
                Arguments.of("wide", wide, base),
                Arguments.of("rows", rows, base));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void large(String name, Expression root, LazyTensor base) throws IOException {
        ByteBuffer expected = new Reference(base, Map.of())
                .evaluate(root)
                .bytes()
                .window(0, (int) root.shape().elementCount() * 4);
        for (long mostInMemory : new long[] {Computing.MOST_IN_MEMORY, 100}) {
            TensorData data = new ExpressionTensor(root, "test", new Leaves(Optional.of(base), Map.of()), mostInMemory)
                    .materialize();
            assertTrue(data.isDivisible());
            assertEquals(-1, expected.mismatch(bytes(data)));
            int[] windows = {4, 40_004, 11_996, 262_140, 8};
            IntStream.range(0, 40).parallel().forEach(i -> {
                int at = i * 17_996;
                int length = Math.min(windows[i % windows.length], expected.limit() - at);
                try {
                    assertEquals(-1, expected.slice(at, length).mismatch(data.window(at, length)));
                } catch (IOException unreadable) {
                    throw new AssertionError(unreadable);
                }
            });
        }
    }

    /** An adapter that is not trained yet adds nothing, to a negative zero too. */
    @ParameterizedTest
    @CsvSource({"F32, 3", "F32, 8", "F32, 12", "F32, 17", "F64, 9"})
    void zerosHaveTheSignsOfTheReference(DType dtype, int rank) throws IOException {
        double[] zeros =
                IntStream.range(0, 8).mapToDouble(i -> i % 2 == 0 ? 0.0 : -0.0).toArray();
        LazyTensor base = Tensors.of(dtype, Shape.of(2, 4), zeros);
        Expression below = new Expression.Below(base.shape(), base.dtype());
        Expression b = stored(Tensors.of(DType.F32, Shape.of(2, rank), new double[2 * rank]));
        double[] negative = IntStream.range(0, rank * 4).mapToDouble(i -> -1).toArray();
        Expression product = matMul(b, stored(Tensors.of(DType.F32, Shape.of(rank, 4), negative)));
        for (Expression root : List.of(product, add(below, multiply(product, constant(-2))), add(below, product))) {
            ByteBuffer expected = new Reference(base, Map.of())
                    .evaluate(root)
                    .bytes()
                    .window(0, (int) root.dtype().byteCount(root.shape()));
            assertEquals(
                    -1,
                    expected.mismatch(bytes(ExpressionTensors.evaluate(root, "test", Optional.of(base), Map.of())
                            .materialize())));
        }
    }

    private static ByteBuffer bytes(TensorData data) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) data.byteCount());
        data.transferTo(new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                int count = source.remaining();
                all.put(source);
                return count;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        });
        return all.flip();
    }

    /** A live tensor, of which only one thread at a time may have windows. */
    @Test
    void whatCannotBeDividedIsReadInOrder() throws IOException {
        LazyTensor base = tall(200, 3000, DType.F32);
        TensorData undivided = new TensorData() {
            @Override
            public long byteCount() {
                return 200 * 3000 * 4;
            }

            @Override
            public ByteBuffer window(long offset, int length) throws IOException {
                return base.materialize().window(offset, length);
            }

            @Override
            public void transferTo(WritableByteChannel target) {
                throw new IllegalStateException();
            }
        };
        LazyTensor live = new Tensors.Fixed("x", DType.F32, base.shape(), undivided);
        Expression root = norm(new Expression.Below(base.shape(), DType.F32), 0);
        assertFalse(ExpressionTensors.evaluate(
                        add(root, new Expression.Below(base.shape(), DType.F32)), "", Optional.of(live), Map.of())
                .materialize()
                .isDivisible());
        assertTrue(ExpressionTensors.evaluate(root, "", Optional.of(live), Map.of())
                .materialize()
                .isDivisible());
        assertArrayEquals(valuesOf(root, base), valuesOf(root, live));
    }

    /** The last one of a stack reads through all of them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void expressionsStandOnEachOther(int height) throws IOException {
        LazyTensor tensor = TWO_BY_THREE;
        for (int i = 0; i < height; i++) {
            Expression below = new Expression.Below(Shape.of(2, 3), DType.F32);
            tensor = ExpressionTensors.evaluate(multiply(below, constant(2)), "double", Optional.of(tensor), Map.of());
        }
        double times = Math.pow(2, height);
        assertArrayEquals(
                Arrays.stream(new double[] {1, 2, 3, 4, 5, 6})
                        .map(value -> value * times)
                        .toArray(),
                valuesOf(tensor));
    }
}
