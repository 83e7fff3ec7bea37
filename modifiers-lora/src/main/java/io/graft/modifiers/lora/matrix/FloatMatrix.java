package io.graft.modifiers.lora.matrix;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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
     * A tensor of two axes or more, which is read now; all but the first are one.
     *
     * @throws ArithmeticException if an element is not finite
     */
    public static FloatMatrix of(LazyTensor tensor) throws IOException {
        int height = Math.toIntExact(tensor.shape().dimension(0));
        int width = Math.toIntExact(tensor.shape().elementCount() / height);
        TensorData data = new DTypeConversion(tensor.materialize(), tensor.dtype(), DType.F32);
        float[][] rows = new float[height][width];
        int together = Math.max(1, WINDOW / width);
        for (int first = 0; first < height; first += together) {
            int count = Math.min(together, height - first);
            FloatBuffer window = data.window((long) first * width * Float.BYTES, count * width * Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            for (int row = first; row < first + count; row++) {
                window.get(rows[row]);
            }
        }
        return of(rows, width);
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
        for (int first = 0; first < rows.length; first += 16) {
            int end = Math.min(first + 16, rows.length);
            for (int column = 0; column < width; column++) {
                float[] turned = columns[column];
                for (int row = first; row < end; row++) {
                    turned[row] = rows[row][column];
                }
            }
        }
        return new FloatMatrix(rows, columns);
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
            for (float value : row) {
                sum += (double) value * value;
            }
        }
        return sum;
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
