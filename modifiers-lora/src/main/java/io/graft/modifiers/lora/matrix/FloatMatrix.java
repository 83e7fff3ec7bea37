package io.graft.modifiers.lora.matrix;

import io.graft.tensor.DType;
import io.graft.tensor.ElementBlock;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ejml.data.DMatrixRMaj;

/**
 * A matrix of 32-bit numbers, both ways round, so that products with thin matrices read it row by row. It takes eight bytes an element.
 */
public final class FloatMatrix {
    /** Elements that are read at once. */
    private static final int WINDOW = 1 << 16;

    private final float[][] rows;
    private final float[][] columns;

    private FloatMatrix(float[][] rows, float[][] columns) {
        this.rows = rows;
        this.columns = columns;
    }

    /**
     * What one tensor has beyond another one of its shape; both are read now. All axes but the first are one.
     *
     * @param to of two axes or more, of floating-point numbers as the other one
     */
    public static FloatMatrix difference(LazyTensor to, LazyTensor from) throws IOException {
        int height = Math.toIntExact(to.shape().dimension(0));
        int width = Math.toIntExact(to.shape().elementCount() / height);
        float[][] rows = new float[height][width];
        int together = Math.max(1, WINDOW / width);
        Reading minuend = new Reading(to, together * width);
        Reading subtrahend = new Reading(from, together * width);
        boolean isWide = to.dtype() == DType.F64 || from.dtype() == DType.F64;
        for (int row = 0; row < height; row++) {
            if (row % together == 0) {
                int count = Math.min(together, height - row) * width;
                minuend.open((long) row * width, count);
                subtrahend.open((long) row * width, count);
            }
            for (int column = 0; column < width; ) {
                int count = Math.min(width - column, minuend.block.capacity());
                minuend.next(count);
                subtrahend.next(count);
                subtract(minuend.block, subtrahend.block, isWide, rows[row], column, count);
                column += count;
            }
        }
        return of(rows, width);
    }

    /** A tensor that is read from its first element to its last, in memory that is made once. */
    private static final class Reading {
        private final TensorData data;
        private final DType dtype;
        private final ByteBuffer room;
        private final ElementBlock block;
        private TensorData.Elements elements;

        Reading(LazyTensor tensor, int together) throws IOException {
            this.data = tensor.materialize();
            this.dtype = tensor.dtype();
            this.room =
                    ByteBuffer.allocate(together * (dtype.bits() / Byte.SIZE)).order(ByteOrder.LITTLE_ENDIAN);
            this.block = new ElementBlock(together);
        }

        void open(long first, int count) throws IOException {
            elements = data.elements(dtype, first, count, room.clear());
        }

        void next(int count) throws IOException {
            elements.next(block, count);
        }
    }

    private static void subtract(
            ElementBlock minuend, ElementBlock subtrahend, boolean isWide, float[] row, int column, int count) {
        if (isWide) {
            double[] to = minuend.doubles();
            double[] from = subtrahend.doubles();
            for (int i = 0; i < count; i++) {
                row[column + i] = (float) (to[i] - from[i]);
            }
        } else {
            float[] to = minuend.floats();
            float[] from = subtrahend.floats();
            for (int i = 0; i < count; i++) {
                row[column + i] = to[i] - from[i];
            }
        }
    }

    /** The same numbers, rounded. */
    public static FloatMatrix of(DMatrixRMaj matrix) {
        float[][] rows = new float[matrix.numRows][matrix.numCols];
        for (int row = 0; row < rows.length; row++) {
            for (int column = 0; column < matrix.numCols; column++) {
                rows[row][column] = (float) matrix.get(row, column);
            }
        }
        return of(rows, matrix.numCols);
    }

    private static FloatMatrix of(float[][] rows, int width) {
        float[][] columns = new float[width][rows.length];
        int row = 0;
        for (; row + 8 <= rows.length; row += 8) {
            turnEight(rows, row, columns);
        }
        for (; row < rows.length; row++) {
            for (int column = 0; column < width; column++) {
                columns[column][row] = rows[row][column];
            }
        }
        return new FloatMatrix(rows, columns);
    }

    /** Eight rows at a time, so that what is near in memory is written at once. */
    private static void turnEight(float[][] rows, int first, float[][] columns) {
        float[] row1 = rows[first];
        float[] row2 = rows[first + 1];
        float[] row3 = rows[first + 2];
        float[] row4 = rows[first + 3];
        float[] row5 = rows[first + 4];
        float[] row6 = rows[first + 5];
        float[] row7 = rows[first + 6];
        float[] row8 = rows[first + 7];
        for (int i = 0; i < columns.length; i++) {
            float[] column = columns[i];
            column[first] = row1[i];
            column[first + 1] = row2[i];
            column[first + 2] = row3[i];
            column[first + 3] = row4[i];
            column[first + 4] = row5[i];
            column[first + 5] = row6[i];
            column[first + 6] = row7[i];
            column[first + 7] = row8[i];
        }
    }

    public int height() {
        return rows.length;
    }

    public int width() {
        return columns.length;
    }

    /** The sum of the squares of all elements; NaN or infinity if one of them is that. */
    public double squares() {
        double sum = 0;
        for (float[] row : rows) {
            sum += squares(row);
        }
        return sum;
    }

    /** Four sums, which do not wait for each other. */
    private static double squares(float[] row) {
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        double sum4 = 0;
        int i = 0;
        for (; i + 4 <= row.length; i += 4) {
            sum1 += (double) row[i] * row[i];
            sum2 += (double) row[i + 1] * row[i + 1];
            sum3 += (double) row[i + 2] * row[i + 2];
            sum4 += (double) row[i + 3] * row[i + 3];
        }
        for (; i < row.length; i++) {
            sum1 += (double) row[i] * row[i];
        }
        return sum1 + sum2 + (sum3 + sum4);
    }

    /** The same with its rows as columns; the two share their elements. */
    FloatMatrix turned() {
        return new FloatMatrix(/* rows= */ columns, /* columns= */ rows);
    }

    /** The elements as numbers of 64 bits. */
    public DMatrixRMaj wide() {
        DMatrixRMaj wide = new DMatrixRMaj(height(), width());
        for (int row = 0; row < height(); row++) {
            for (int column = 0; column < width(); column++) {
                wide.set(row, column, rows[row][column]);
            }
        }
        return wide;
    }

    /** It times vectors as long as it is wide, one by one. */
    float[][] times(float[][] vectors) throws IOException {
        return ThinProducts.sums(columns, vectors);
    }

    /** Its transpose times vectors as long as it is high, one by one. */
    float[][] transposedTimes(float[][] vectors) throws IOException {
        return ThinProducts.sums(rows, vectors);
    }

    /**
     * The sum of the squares of what a product of two factors lacks of it.
     *
     * @param b {@code [height, rank]}, row by row
     * @param a {@code [rank, width]}, row by row
     */
    public double squaresWithout(double[] b, double[] a, int rank) throws IOException {
        float[][] across = new float[rank][width()];
        for (int i = 0; i < a.length; i++) {
            across[i / width()][i % width()] = (float) a[i];
        }
        double sum = 0;
        int together = 64;
        for (int first = 0; first < rows.length; first += together) {
            int count = Math.min(together, rows.length - first);
            float[][] factors = new float[count][rank];
            for (int i = 0; i < count * rank; i++) {
                factors[i / rank][i % rank] = (float) b[first * rank + i];
            }
            float[][] products = ThinProducts.sums(across, factors);
            for (int row = 0; row < count; row++) {
                float[] whole = rows[first + row];
                for (int column = 0; column < whole.length; column++) {
                    double difference = (double) whole[column] - products[row][column];
                    sum += difference * difference;
                }
            }
        }
        return sum;
    }

    /** Vectors as the columns of a matrix. */
    static DMatrixRMaj standing(float[][] lying) {
        int height = lying.length == 0 ? 0 : lying[0].length;
        DMatrixRMaj standing = new DMatrixRMaj(height, lying.length);
        for (int k = 0; k < lying.length; k++) {
            for (int i = 0; i < height; i++) {
                standing.set(i, k, lying[k][i]);
            }
        }
        return standing;
    }
}
