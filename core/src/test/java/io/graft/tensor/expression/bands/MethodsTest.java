package io.graft.tensor.expression.bands;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.detach;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;
import static io.graft.tensor.expression.Expressions.unpack;
import static io.graft.tensor.expression.bands.Tensors.counted;
import static io.graft.tensor.expression.bands.Tensors.floats;
import static io.graft.tensor.expression.bands.Tensors.valuesOf;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Methods and layouts as expressions; those with the number of a golden vector give what PEFT gives. */
class MethodsTest {
    private static final LazyTensor LINEAR = base(3, 4);
    private static final LazyTensor EMBEDDING = base(5, 4);

    private static LazyTensor base(long... dimensions) {
        return counted(7, 3, Shape.of(dimensions));
    }

    private static Expression lora(long... dimensions) {
        return stored(counted(5, 2, Shape.of(dimensions)));
    }

    private static Expression.Below below(LazyTensor tensor) {
        return new Expression.Below(tensor.shape(), tensor.dtype());
    }

    private static Expression update(Expression b, Expression a) {
        return multiply(matMul(b, a), constant(2));
    }

    private static double[] row(double[] values, int row, int length) {
        return Arrays.copyOfRange(values, row * length, (row + 1) * length);
    }

    @Test
    void gl1AndGl2LoraOfALinear() throws IOException {
        Expression update = update(lora(3, 2), lora(2, 4));
        assertArrayEquals(new double[] {6, -8, 8, 4, -4, 4, -8, 0, -4, 6, -4, -4}, valuesOf(update, null));
        assertArrayEquals(
                new double[] {4, -7, 5, 4, -1, 3, -6, -2, -3, 3, -4, -1}, valuesOf(add(below(LINEAR), update), LINEAR));
    }

    private static Expression ofEmbedding() {
        return transpose(update(lora(4, 2), lora(2, 5)));
    }

    @Test
    void gl3LoraOfAnEmbedding() throws IOException {
        assertArrayEquals(
                new double[] {-2, 4, 0, -4, 4, -8, 0, 8, 0, 0, 0, 0, -4, 8, 0, -8, 2, -4, 0, 4},
                valuesOf(ofEmbedding(), null));
    }

    @Test
    void gl5AndGl6LoraOfAConvolution() throws IOException {
        Expression a = reshape(lora(2, 2, 3, 3), Shape.of(2, 18));
        Expression b = reshape(lora(3, 2, 1, 1), Shape.of(3, 2));
        double[] update = valuesOf(reshape(update(b, a), Shape.of(3, 2, 3, 3)), null);
        assertArrayEquals(new double[] {8, -4, 4, -8, 0, 8, -4, 4, -8}, row(update, 2, 9));
        assertArrayEquals(new double[] {2, 2, 2, 2, -8, 2, 2, 2, 2}, row(update, 5, 9));
    }

    private static Expression forward(Expression embedding, Expression weight) {
        Expression indices = stored(Tensors.of(DType.I64, Shape.of(3), 0, 3, 4));
        return add(matMul(lookup(embedding, indices), transpose(weight)), stored(base(3)));
    }

    @Test
    void gl7LoraOfBothLayersOfAModel() throws IOException {
        Expression weight = add(stored(LINEAR), update(lora(3, 2), lora(2, 4)));
        assertArrayEquals(
                new double[] {-84, 46, 40, -130, 62, 57, 49, -34, -27},
                valuesOf(forward(add(below(EMBEDDING), ofEmbedding()), weight), EMBEDDING));
    }

    private static Expression dora(Expression base, Expression update, Integer... axes) {
        Expression merged = add(base, update);
        return multiply(merged, divide(norm(base, axes), detach(norm(merged, axes))));
    }

    @Test
    void gl9AndGl10DoraOfALinear() throws IOException {
        double[] merged = valuesOf(dora(below(LINEAR), update(lora(3, 2), lora(2, 4)), 1), LINEAR);
        assertArrayEquals(new double[] {1.4536875, -2.5439532, 1.8171095, 1.4536875}, row(merged, 0, 4), 1e-5);
        assertArrayEquals(new double[] {-0.6, 1.8, -3.6, -1.2}, row(merged, 1, 4), 1e-5);
    }

    @Test
    void gl11DoraInAModel() throws IOException {
        Expression weight = dora(below(LINEAR), update(lora(3, 2), lora(2, 4)), 1);
        assertArrayEquals(
                new double[] {-12.902657, 14.8, 12.472555, -10.722126, 11.2, 8.788614, -2.363422, -6.8, -4.473577},
                valuesOf(forward(stored(EMBEDDING), weight), LINEAR),
                1e-5);
    }

    /** Norms over the rows of an embedding: one for each column. */
    @Test
    void doraOfAnEmbedding() throws IOException {
        double[] base = valuesOf(EMBEDDING);
        double[] update = valuesOf(ofEmbedding(), null);
        double[] merged = valuesOf(dora(below(EMBEDDING), ofEmbedding(), 0), EMBEDDING);
        for (int i = 0; i < merged.length; i++) {
            double before = 0;
            double after = 0;
            for (int j = i % 4; j < merged.length; j += 4) {
                before += base[j] * base[j];
                after += (base[j] + update[j]) * (base[j] + update[j]);
            }
            assertEquals((base[i] + update[i]) * Math.sqrt(before / after), merged[i], 1e-5);
        }
        assertEquals(
                List.of(
                        "norm of [5, 4] to [1, 4] reads what is below once more",
                        "norm of [5, 4] to [1, 4] reads what is below once more"),
                ExpressionTensors.wholeNodes(dora(below(EMBEDDING), ofEmbedding(), 0)));
    }

    /** Norms over all axes but that of the output channels. */
    @Test
    void doraOfAConvolution() throws IOException {
        LazyTensor weight = base(3, 2, 3, 3);
        Expression a = reshape(lora(2, 2, 3, 3), Shape.of(2, 18));
        Expression update = reshape(update(reshape(lora(3, 2, 1, 1), Shape.of(3, 2)), a), weight.shape());
        double[] base = valuesOf(weight);
        double[] added = valuesOf(update, null);
        double[] merged = valuesOf(dora(below(weight), update, 1, 2, 3), weight);
        for (int i = 0; i < merged.length; i++) {
            double before = 0;
            double after = 0;
            for (int j = i / 18 * 18; j < i / 18 * 18 + 18; j++) {
                before += base[j] * base[j];
                after += (base[j] + added[j]) * (base[j] + added[j]);
            }
            assertEquals((base[i] + added[i]) * Math.sqrt(before / after), merged[i], 1e-5);
        }
        assertEquals(List.of(), ExpressionTensors.wholeNodes(dora(below(weight), update, 1, 2, 3)));
    }

    @Test
    void loha() throws IOException {
        Expression left = matMul(lora(3, 2), lora(2, 4));
        Expression right = matMul(stored(counted(7, 3, Shape.of(3, 2))), stored(counted(7, 2, Shape.of(2, 4))));
        double[] first = valuesOf(left, null);
        double[] second = valuesOf(right, null);
        double[] base = valuesOf(LINEAR);
        double[] merged = valuesOf(add(below(LINEAR), multiply(multiply(left, right), constant(2))), LINEAR);
        for (int i = 0; i < merged.length; i++) {
            assertEquals(base[i] + 2 * first[i] * second[i], merged[i]);
        }
    }

    @Test
    void lokrIsAProductOfKronecker() throws IOException {
        Expression left = reshape(lora(2, 3), Shape.of(2, 1, 3, 1));
        Expression right = reshape(lora(3, 2), Shape.of(1, 3, 1, 2));
        double[] product = valuesOf(reshape(multiply(left, right), Shape.of(6, 6)), null);
        double[] first = valuesOf(lora(2, 3), null);
        double[] second = valuesOf(lora(3, 2), null);
        for (int row = 0; row < 6; row++) {
            for (int column = 0; column < 6; column++) {
                assertEquals(
                        first[row / 3 * 3 + column / 2] * second[row % 3 * 2 + column % 2] + 0.0,
                        product[row * 6 + column]);
            }
        }
    }

    /** Rows are scaled, or columns where inputs are. */
    @Test
    void ia3() throws IOException {
        double[] base = valuesOf(LINEAR);
        double[] rows = valuesOf(multiply(below(LINEAR), stored(floats(Shape.of(3, 1), 1, 2, 3))), LINEAR);
        double[] columns = valuesOf(multiply(below(LINEAR), stored(floats(Shape.of(1, 4), 1, 2, 3, 4))), LINEAR);
        for (int i = 0; i < base.length; i++) {
            assertEquals(base[i] * (i / 4 + 1), rows[i]);
            assertEquals(base[i] * (i % 4 + 1), columns[i]);
        }
    }

    /** One update for each expert; PEFT keeps them as [rank * experts, in] and [out, rank * experts]. */
    @Test
    void lowRankUpdatesOfExperts() throws IOException {
        LazyTensor experts = base(2, 3, 4);
        Expression a = lora(4, 4);
        Expression b = lora(3, 4);
        Expression batchedA = reshape(a, Shape.of(2, 2, 4));
        Expression batchedB = permute(reshape(b, Shape.of(3, 2, 2)), 2, 0, 1);
        double[] merged = valuesOf(add(below(experts), update(batchedB, batchedA)), experts);
        double[] left = valuesOf(b, null);
        double[] right = valuesOf(a, null);
        double[] base = valuesOf(experts);
        for (int i = 0; i < merged.length; i++) {
            int expert = i / 12;
            int row = i / 4 % 3;
            double sum = 0;
            for (int k = 0; k < 2; k++) {
                sum += left[row * 4 + k * 2 + expert] * right[(expert * 2 + k) * 4 + i % 4];
            }
            assertEquals(base[i] + 2 * sum, merged[i]);
        }
    }

    /** Some rows are replaced, as by PEFT's trainable tokens. */
    @Test
    void trainedRows() throws IOException {
        Expression trained = stored(floats(Shape.of(2, 4), 91, 92, 93, 94, 95, 96, 97, 98));
        Expression indices = stored(Tensors.of(DType.I32, Shape.of(5), 0, 6, 2, 3, 5));
        Expression root = lookup(concat(0, below(EMBEDDING), trained), indices);
        double[] expected = valuesOf(EMBEDDING);
        System.arraycopy(new double[] {95, 96, 97, 98}, 0, expected, 4, 4);
        System.arraycopy(new double[] {91, 92, 93, 94}, 0, expected, 16, 4);
        assertArrayEquals(expected, valuesOf(root, EMBEDDING));
        assertEquals(List.of(), ExpressionTensors.wholeNodes(root));
    }

    /** Codes of 4 bits, high one first, into a table; a scale for each block of 4 of the flat tensor, the last one short. */
    @Test
    void tableOfLevelsWithScalesByBlock() throws IOException {
        double[] levels = IntStream.range(0, 16).mapToDouble(i -> i - 7.5).toArray();
        Expression codes =
                unpack(stored(Tensors.of(DType.U8, Shape.of(5), 0x01, 0x23, 0xf8, 0x7e, 0x9a)), 4, true, Shape.of(10));
        Expression scales = repeat(stored(floats(Shape.of(3), 1, 10, 100)), 0, 4, 10);
        Expression root =
                reshape(multiply(lookup(stored(floats(Shape.of(16), levels)), codes), scales), Shape.of(2, 5));
        assertArrayEquals(
                new double[] {-7.5, -6.5, -5.5, -4.5, 75, 5, -5, 65, 150, 250}, valuesOf(cast(root, DType.BF16), null));
    }

    /** Codes of 4 bits down the columns of words, zero points packed along the rows, and columns that came in another order. */
    @Test
    void gptqWithGroupsInTheOrderOfActivations() throws IOException {
        // [in = 8, out = 2]: each word holds eight inputs of one output.
        Expression words = stored(Tensors.of(DType.I32, Shape.of(1, 2), 0x76543210, 0x01234567));
        Expression codes = permute(unpack(permute(words, 1, 0), 4, false, Shape.of(2, 8)), 1, 0);
        Expression groups = stored(Tensors.of(DType.I32, Shape.of(8), 0, 1, 1, 0, 0, 1, 0, 1));
        Expression scales = stored(Tensors.of(DType.F16, Shape.of(2, 2), 1, 2, 0.5, 4));
        Expression zeros = unpack(stored(Tensors.of(DType.I32, Shape.of(2, 1), 0x21, 0x43)), 4, false, Shape.of(2, 2));
        Expression root = multiply(subtract(codes, lookup(add(zeros, constant(1)), groups)), lookup(scales, groups));
        double[] expected = new double[16];
        int[] group = {0, 1, 1, 0, 0, 1, 0, 1};
        for (int in = 0; in < 8; in++) {
            for (int out = 0; out < 2; out++) {
                int code = out == 0 ? in : 7 - in;
                int zero = new int[][] {{1, 2}, {3, 4}}[group[in]][out] + 1;
                expected[in * 2 + out] = (code - zero) * new double[][] {{1, 2}, {0.5, 4}}[group[in]][out];
            }
        }
        assertArrayEquals(expected, valuesOf(root, null));
    }

    /** A part of a fused weight gets an update. */
    @Test
    void updateOfSomeRows() throws IOException {
        Expression base = below(EMBEDDING);
        Expression root = concat(
                0,
                slice(base, 0, 0, 2),
                add(slice(base, 0, 2, 3), matMul(new Expression.Owned("b", Shape.of(3, 2), DType.F32), lora(2, 4))));
        double[] update = valuesOf(matMul(lora(3, 2), lora(2, 4)), null);
        double[] expected = valuesOf(EMBEDDING);
        for (int i = 0; i < update.length; i++) {
            expected[8 + i] += update[i];
        }
        assertArrayEquals(expected, valuesOf(root, EMBEDDING, Map.of("b", counted(5, 2, Shape.of(3, 2)))));
    }
}
