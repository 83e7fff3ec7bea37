package io.graft.modifiers.lora.matrix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.RandomMatrices_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Held against singular values that matrices are made of. */
class LargestPartsTest {
    /** A matrix of given singular values. */
    private static DMatrixRMaj matrix(int height, int width, IntToDoubleFunction values) {
        int many = Math.min(height, width);
        DMatrixRMaj scaled = RandomMatrices_DDRM.orthogonal(height, many, new Random(1));
        for (int i = 0; i < many; i++) {
            for (int row = 0; row < height; row++) {
                scaled.set(row, i, scaled.get(row, i) * values.applyAsDouble(i));
            }
        }
        DMatrixRMaj matrix = new DMatrixRMaj(height, width);
        CommonOps_DDRM.multTransB(scaled, RandomMatrices_DDRM.orthogonal(width, many, new Random(2)), matrix);
        return matrix;
    }

    private static LargestParts settled(DMatrixRMaj matrix, int count) throws IOException {
        LargestParts parts = new LargestParts(FloatMatrix.of(matrix), count + 8, new Random(3));
        do {
            parts.look();
        } while (!parts.areSettled(count));
        return parts;
    }

    /** That which the parts leave of a matrix is what they lack, and no more. */
    private static void assertAreOf(DMatrixRMaj matrix, Singular parts, double rest) {
        DMatrixRMaj scaled = Matrices.product(parts.left(), parts.values());
        DMatrixRMaj left = matrix.copy();
        DMatrixRMaj product = new DMatrixRMaj(matrix.numRows, matrix.numCols);
        CommonOps_DDRM.multTransB(scaled, parts.right(), product);
        CommonOps_DDRM.subtractEquals(left, product);
        double sum = 0;
        for (double value : left.data) {
            sum += value * value;
        }
        assertEquals(rest, Math.sqrt(sum), 1e-5 * rest + 1e-5 * parts.value(0));
    }

    @ParameterizedTest
    @CsvSource({"300, 200", "200, 300", "240, 240"})
    void valuesThatFallAreFoundToFivePlaces(int height, int width) throws IOException {
        DMatrixRMaj matrix = matrix(height, width, i -> Math.pow(0.9, i));
        LargestParts parts = settled(matrix, 16);
        assertTrue(parts.values().length < 150, "blocks that were looked at");
        double rest = 0;
        for (int i = 0; i < Math.min(height, width); i++) {
            if (i < 16) {
                assertEquals(1, parts.values()[i] / Math.pow(0.9, i), 1e-5, "value " + i);
            } else {
                rest += Math.pow(0.9, 2 * i);
            }
        }
        assertAreOf(matrix, parts.largest(16), Math.sqrt(rest));
    }

    /** What is far below the largest is as exact as it is beside 32 bits. */
    @Test
    void valuesOfManySizes() throws IOException {
        double[] values =
                settled(matrix(200, 160, i -> Math.pow(10, -i / 4.0)), 16).values();
        for (int i = 0; i < 16; i++) {
            assertEquals(1, values[i] / Math.pow(10, -i / 4.0), 1e-3, "value " + i);
        }
    }

    /** As a training of low rank leaves them, over the rounding of weights. */
    @Test
    void partsThatStandOutAreThereAfterTwoBlocks() throws IOException {
        DMatrixRMaj matrix = matrix(200, 200, i -> i < 8 ? 1.0 / (i + 1) : 1e-4);
        LargestParts parts = new LargestParts(FloatMatrix.of(matrix), 16, new Random(3));
        parts.look();
        assertFalse(parts.areSettled(8));
        parts.look();
        assertTrue(parts.areSettled(8));
        for (int i = 0; i < 8; i++) {
            assertEquals(1, parts.values()[i] * (i + 1), 1e-5);
        }
    }

    @Test
    void allPartsOfALowRankAreAll() throws IOException {
        DMatrixRMaj matrix = new DMatrixRMaj(60, 50);
        for (int i = 0; i < 60 * 50; i++) {
            matrix.data[i] = (i / 50 % 5 - 2) * (i % 50 % 3) + 4 * (i / 50 % 2);
        }
        LargestParts parts = new LargestParts(FloatMatrix.of(matrix), 6, new Random(3));
        while (!parts.areAll()) {
            parts.look();
        }
        assertEquals(2, parts.values().length);
        assertTrue(parts.areSettled(2));
        assertAreOf(matrix, parts.largest(2), 0);
    }

    /** A space that the start is in holds nothing of the others, which are as large. */
    @Test
    void valuesThatAreAllTheSame() throws IOException {
        LargestParts parts = new LargestParts(FloatMatrix.of(CommonOps_DDRM.identity(40)), 7, new Random(3));
        while (!parts.areAll()) {
            parts.look();
        }
        assertEquals(40, parts.values().length);
        for (double value : parts.values()) {
            assertEquals(1, value, 1e-5);
        }
    }

    @Test
    void nothingHasNoParts() throws IOException {
        LargestParts parts = new LargestParts(FloatMatrix.of(new DMatrixRMaj(5, 4)), 2, new Random(3));
        parts.look();
        assertTrue(parts.areAll());
        assertEquals(0, parts.values().length);
    }
}
