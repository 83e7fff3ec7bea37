package io.graft.djl.expression;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.detach;
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
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.unpack;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.Shapes;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ArrayEvaluatorTest {
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();
    private NDManager manager;
    private NDManager scope;

    @BeforeEach
    void open() {
        manager = Engine.getEngine("PyTorch").newBaseManager();
        scope = manager.newSubManager();
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void arithmeticBroadcasts() {
        Expression matrix = floats("a", Shape.of(2, 2), 1, 2, 3, 4);
        Expression row = floats("b", Shape.of(2), 10, 20);
        assertValues(add(matrix, row), 11, 22, 13, 24);
        assertValues(subtract(matrix, row), -9, -18, -7, -16);
        assertValues(multiply(matrix, row), 10, 40, 30, 80);
        assertValues(divide(row, matrix), 10, 10, 10 / 3f, 5);
    }

    @Test
    void aNumberTakesTheOthersType() {
        Expression wide = tensor("w", manager.create(new double[] {1, 2}));
        assertEquals(DataType.FLOAT64, evaluate(multiply(wide, constant(0.1))).getDataType());
        assertArrayEquals(
                new double[] {0.1, 0.2}, evaluate(multiply(wide, constant(0.1))).toDoubleArray());
        Expression narrow = floats("n", Shape.of(2), 1, 2);
        assertValues(multiply(narrow, constant(0.1)), 0.1f, 0.2f);
        assertValues(subtract(constant(1), narrow), 0, -1);
        assertValues(add(constant(1), constant(2)), 3);
    }

    @Test
    void integersAndHalfPrecisionComputeIn32Bits() {
        Expression codes = tensor("q", manager.create(new byte[] {-128, 127}));
        assertValues(multiply(codes, constant(0.5)), -64, 63.5f);
        Expression half = tensor("h", manager.create(new float[] {1, 2}).toType(DataType.FLOAT16, false));
        assertValues(add(half, constant(1e-4)), 1.0001f, 2.0001f);
    }

    @Test
    void functions() {
        Expression numbers = floats("x", Shape.of(2), 4, 9);
        assertValues(sqrt(numbers), 2, 3);
        assertValues(exp(floats("y", Shape.of(2), 0, 1)), 1, (float) Math.E);
        assertValues(inverse(floats("m", Shape.of(2, 2), 4, 7, 2, 6)), 0.6f, -0.7f, -0.2f, 0.4f);
        assertValues(detach(numbers), 4, 9);
    }

    @Test
    void matricesOfABatch() {
        Expression left = floats("l", Shape.of(2, 1, 2), 1, 2, 3, 4);
        Expression right = floats("r", Shape.of(2, 2, 1), 5, 6, 7, 8);
        assertValues(matMul(left, right), 17, 53);
        Expression codes = tensor("q", manager.create(new int[] {1, 2}).reshape(1, 2));
        assertValues(matMul(codes, floats("c", Shape.of(2, 1), 0.5f, 0.25f)), 1);
    }

    @Test
    void aProductIsAddedAsTheExpressionAddsIt() {
        for (DataType type : List.of(DataType.FLOAT16, DataType.FLOAT32, DataType.FLOAT64)) {
            Expression left = random("left", type, Shape.of(5, 3));
            Expression right = random("right", type, Shape.of(3, 7));
            assertAdded(random("below", type, Shape.of(5, 7)), left, right, 1);
            assertAdded(random("below", DataType.FLOAT32, Shape.of(5, 7)), left, right, 1 / 3.0);
            assertAdded(random("below", DataType.FLOAT64, Shape.of(7, 5)), left, right, -0.7);
            Expression batch = random("batch", type, Shape.of(2, 5, 3));
            assertAdded(random("below", type, Shape.of(70)), batch, random("other", type, Shape.of(2, 3, 7)), 0.1);
        }
    }

    @Test
    void gradientsFlowToBothFactorsAndWhatIsBelow() {
        Expression left = floats("left", Shape.of(2, 1), 2, 3);
        Expression right = floats("right", Shape.of(1, 2), 5, 7);
        floats("below", Shape.of(2, 2), 1, 1, 1, 1);
        tensors.values().forEach(tensor -> tensor.setRequiresGradient(true));
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            collector.backward(
                    evaluator().plusProduct(left, right, 0.5).square().sum());
        }
        // 2 * 0.5 * (1 + 0.5 * left right) right for the left one.
        assertArrayEquals(
                new float[] {6 * 5 + 8 * 7, 8.5f * 5 + 11.5f * 7},
                tensors.get("left").getGradient().toFloatArray());
        assertArrayEquals(
                new float[] {6 * 2 + 8.5f * 3, 8 * 2 + 11.5f * 3},
                tensors.get("right").getGradient().toFloatArray());
        assertArrayEquals(
                new float[] {12, 16, 17, 23}, tensors.get("below").getGradient().toFloatArray());
    }

    private void assertAdded(Expression below, Expression left, Expression right, double scale) {
        NDArray before = tensors.get("below").duplicate();
        Expression product = reshape(matMul(left, right), below.shape());
        NDArray expected = evaluate(add(below, multiply(product, constant(scale))));
        NDArray sum = evaluator().plusProduct(left, right, scale);
        assertEquals(expected.getDataType(), sum.getDataType());
        assertEquals(expected, sum);
        assertEquals(before, tensors.get("below"));
    }

    private Expression random(String slot, DataType type, Shape shape) {
        return tensor(slot, manager.randomNormal(Shapes.engine(shape)).toType(type, false));
    }

    @Test
    void elementsMove() {
        Expression matrix = floats("m", Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
        assertValues(reshape(matrix, Shape.of(6)), 1, 2, 3, 4, 5, 6);
        assertValues(permute(matrix, 1, 0), 1, 4, 2, 5, 3, 6);
        assertValues(slice(matrix, 1, 1, 2), 2, 3, 5, 6);
        assertValues(concat(1, matrix, slice(matrix, 1, 0, 1)), 1, 2, 3, 1, 4, 5, 6, 4);
        assertValues(repeat(slice(matrix, 1, 0, 2), 1, 2, 3), 1, 1, 2, 4, 4, 5);
        assertEquals(
                DataType.FLOAT32,
                evaluate(concat(0, floats("f", Shape.of(1), 1), tensor("i", manager.create(new int[] {2}))))
                        .getDataType());
    }

    @Test
    void normsOverSeveralAxes() {
        Expression cube = floats("c", Shape.of(2, 1, 2), 3, 4, 6, 8);
        assertValues(norm(cube, 1, 2), 5, 10);
        assertEquals(
                new ai.djl.ndarray.types.Shape(2, 1, 1),
                evaluate(norm(cube, 1, 2)).getShape());
    }

    @Test
    void castsRoundWhereTheyStand() {
        Expression numbers = floats("x", Shape.of(2), 2.7f, -2.7f);
        assertArrayEquals(new int[] {2, -2}, evaluate(cast(numbers, DType.I32)).toIntArray());
        assertEquals(DataType.FLOAT16, evaluate(cast(numbers, DType.F16)).getDataType());
    }

    /** The engine's own cast cuts them off. */
    @Test
    void gradientsFlowThroughCasts() {
        NDArray numbers = manager.create(new float[] {1, -2});
        numbers.setRequiresGradient(true);
        Expression x = tensor("x", numbers);
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray wide = evaluate(multiply(cast(x, DType.F64), tensor("w", manager.create(new double[] {3, 5}))));
            collector.backward(wide.sum());
            assertArrayEquals(new float[] {3, 5}, numbers.getGradient().toFloatArray());
            NDArray halves = evaluate(multiply(cast(multiply(x, x), DType.F16), constant(0.5)));
            collector.backward(halves.sum());
        }
        assertArrayEquals(new float[] {4, 3}, numbers.getGradient().toFloatArray());
        assertArrayEquals(
                new float[] {-0f},
                evaluate(cast(cast(floats("z", Shape.of(1), -0f), DType.F16), DType.F32))
                        .toFloatArray());
    }

    @Test
    void rowsOfATable() {
        Expression table = floats("t", Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
        Expression indices = tensor("i", manager.create(new int[] {2, 0}).reshape(2, 1));
        assertValues(lookup(table, indices), 5, 6, 1, 2);
        assertEquals(
                new ai.djl.ndarray.types.Shape(2, 1, 2),
                evaluate(lookup(table, indices)).getShape());
        Expression scalars = floats("s", Shape.of(3), 7, 8, 9);
        Expression bytes = tensor("b", manager.create(new byte[] {1, 1, 0}).toType(DataType.UINT8, false));
        assertValues(lookup(scalars, bytes), 8, 8, 7);
        Expression codes = tensor("k", manager.create(new int[] {70_000_001, 2}));
        assertArrayEquals(
                new int[] {2, 70_000_001},
                evaluate(lookup(codes, tensor("o", manager.create(new long[] {1, 0}))))
                        .toIntArray());
    }

    @Test
    void fieldsOfEveryWidth() {
        long[] words = {0x0123456789ABCDEFL, -2L};
        NDArray longs = manager.create(words);
        NDArray ints = manager.create(new int[] {(int) words[0], -2});
        NDArray bytes = manager.create(new byte[] {(byte) 0xEF, 0x12, (byte) 0x80, 0x7F});
        for (int bits : new int[] {1, 2, 3, 4, 5, 6, 8, 12, 16}) {
            for (boolean highFirst : new boolean[] {false, true}) {
                assertFields(longs, words, Long.SIZE, bits, highFirst);
                assertFields(ints, new long[] {(int) words[0], -2}, Integer.SIZE, bits, highFirst);
                assertFields(bytes, new long[] {0xEF, 0x12, 0x80, 0x7F}, Byte.SIZE, bits, highFirst);
                assertFields(
                        bytes.toType(DataType.UINT8, false), new long[] {0xEF, 0x12, 0x80, 0x7F}, 8, bits, highFirst);
            }
        }
    }

    @Test
    void nothingStaysBehindButTheGiven() {
        Expression weight = floats("w", Shape.of(2, 2), 1, 2, 3, 4);
        Expression half = tensor("h", manager.create(new float[] {1, 2}));
        int before = manager.getManagedArrays().size();
        evaluate(multiply(
                norm(add(reshape(cast(weight, DType.F16), Shape.of(4)), constant(2)), 0),
                lookup(half, unpack(tensor("q", manager.create(new byte[] {4})), 1, false, Shape.of(3)))));
        scope.close();
        // The one that the last line made.
        assertEquals(before + 1, manager.getManagedArrays().size());
        assertArrayEquals(new float[] {1, 2, 3, 4}, tensors.get("w").toFloatArray());
    }

    @Test
    void gradientsOfLora() {
        Expression w = floats("w", Shape.of(2, 2), 1, 2, 3, 4);
        Expression b = trained("b", Shape.of(2, 1), 1, 2);
        Expression a = trained("a", Shape.of(1, 2), 3, 4);
        backward(add(w, multiply(matMul(b, a), constant(2))), 1, 2, 3, 4);
        // Of the sum of c * value: 2 * c * a' and 2 * b' * c.
        assertGradient("b", 2 * (1 * 3 + 2 * 4), 2 * (3 * 3 + 4 * 4));
        assertGradient("a", 2 * (1 * 1 + 2 * 3), 2 * (1 * 2 + 2 * 4));
    }

    @Test
    void gradientsOfDoraLeaveTheNormOut() {
        Expression w = floats("w", Shape.of(1, 2), 3, 0);
        Expression b = trained("b", Shape.of(1, 1), 1);
        Expression a = trained("a", Shape.of(1, 2), 0, 4);
        Expression m = trained("m", Shape.of(1, 1), 10);
        Expression adapted = add(w, matMul(b, a));
        Expression value = multiply(adapted, divide(m, detach(norm(adapted, 1))));
        assertValues(value, 6, 8);
        backward(value, 1, 1);
        // The norm, 5, is a constant: m / 5 of what plain LoRA would have.
        assertGradient("a", 2, 2);
        assertGradient("b", 8);
        assertGradient("m", 7 / 5f);
    }

    @Test
    void gradientsOfLoHa() {
        Expression w1b = trained("w1b", Shape.of(2, 1), 1, 2);
        Expression w1a = trained("w1a", Shape.of(1, 2), 3, 4);
        Expression w2b = trained("w2b", Shape.of(2, 1), 5, 6);
        Expression w2a = trained("w2a", Shape.of(1, 2), 7, 8);
        Expression value = multiply(matMul(w1b, w1a), matMul(w2b, w2a));
        assertValues(value, 105, 160, 252, 384);
        backward(value, 1, 1, 1, 1);
        assertGradient("w1b", 3 * 35 + 4 * 40, 3 * 42 + 4 * 48);
        assertGradient("w2a", 3 * 5 + 6 * 6, 4 * 5 + 8 * 6);
    }

    @Test
    void gradientsOfTrainedRows() {
        Expression below = floats("w", Shape.of(3, 1), 1, 2, 3);
        Expression rows = trained("rows", Shape.of(2, 1), 10, 20);
        Expression pick = tensor("pick", manager.create(new long[] {0, 4, 3}));
        Expression value = lookup(concat(0, below, rows), pick);
        assertValues(value, 1, 20, 10);
        backward(value, 5, 6, 7);
        assertGradient("rows", 7, 6);
    }

    private void assertFields(NDArray integers, long[] words, int width, int bits, boolean highFirst) {
        int count = words.length * width / bits;
        int[] expected = IntStream.range(0, count)
                .map(field -> field(words, width, bits, highFirst, field * bits))
                .toArray();
        int[] actual = evaluate(unpack(tensor("q", integers), bits, highFirst, Shape.of(count)))
                .toIntArray();
        assertArrayEquals(expected, actual, bits + " of " + width + (highFirst ? " from the highest" : ""));
    }

    private static int field(long[] words, int width, int bits, boolean highFirst, int from) {
        int field = 0;
        for (int place = 0; place < bits; place++) {
            int at = (from + place) % width;
            long bit = words[(from + place) / width] >>> (highFirst ? width - 1 - at : at) & 1;
            field |= (int) (bit << (highFirst ? bits - 1 - place : place));
        }
        return field;
    }

    private void backward(Expression value, float... weights) {
        try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
            NDArray result = evaluate(value);
            collector.backward(
                    result.mul(scope.create(weights).reshape(result.getShape())).sum());
        }
    }

    private void assertGradient(String name, float... expected) {
        assertArrayEquals(expected, tensors.get(name).getGradient().toFloatArray(), 1e-5f);
    }

    private void assertValues(Expression expression, float... expected) {
        NDArray result = evaluate(expression);
        assertEquals(DataType.FLOAT32, result.getDataType());
        assertEquals(Shapes.engine(expression.shape()), result.getShape());
        assertArrayEquals(expected, result.toFloatArray(), 1e-6f);
        assertTrue(result.getManager() == scope || tensors.containsValue(result));
    }

    private NDArray evaluate(Expression expression) {
        return evaluator().evaluate(expression);
    }

    private ArrayEvaluator evaluator() {
        return new ArrayEvaluator(
                new ArrayEvaluator.Leaves() {
                    @Override
                    public NDArray below() {
                        return tensors.get("below");
                    }

                    @Override
                    public NDArray owned(String slot) {
                        return tensors.get(slot);
                    }

                    @Override
                    public NDArray stored(Expression.Stored stored) {
                        throw new AssertionError();
                    }
                },
                scope);
    }

    private Expression trained(String slot, Shape shape, float... values) {
        Expression owned = floats(slot, shape, values);
        tensors.get(slot).setRequiresGradient(true);
        return owned;
    }

    private Expression floats(String slot, Shape shape, float... values) {
        return tensor(slot, manager.create(values, Shapes.engine(shape)));
    }

    private Expression tensor(String slot, NDArray array) {
        tensors.put(slot, array);
        return new Expression.Owned(slot, Shapes.of(array.getShape()), DataTypes.of(array.getDataType()));
    }
}
