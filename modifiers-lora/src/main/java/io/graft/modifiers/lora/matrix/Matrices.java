package io.graft.modifiers.lora.matrix;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** The elements of tensors as numbers of 64 bits, row by row. */
public final class Matrices {
    /** The most elements that are taken at once. */
    public static final int MOST = Integer.MAX_VALUE / Double.BYTES;

    private Matrices() {}

    /**
     * All elements of a tensor, which is read now.
     *
     * @throws ArithmeticException if one is not finite
     */
    public static double[] finite(LazyTensor tensor) throws IOException {
        double[] values = read(tensor);
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("a value is " + value);
            }
        }
        return values;
    }

    /** All elements of a tensor, which is read now. */
    public static double[] read(LazyTensor tensor) throws IOException {
        TensorData data = new DTypeConversion(tensor.materialize(), tensor.dtype(), DType.F64);
        double[] values = new double[Math.toIntExact(tensor.shape().elementCount())];
        data.window(0, Math.toIntExact(data.byteCount()))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    /** Elements as the data of a tensor. */
    public static TensorData data(double[] values, DType dtype) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        return new DTypeConversion(TensorData.of(bytes), DType.F64, dtype);
    }

    /** A matrix with its rows as columns. */
    public static double[] transposed(double[] rows, int width) {
        int height = rows.length / width;
        double[] columns = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            columns[i % width * height + i / width] = rows[i];
        }
        return columns;
    }

    /** One matrix times another. */
    public static DMatrixRMaj product(DMatrixRMaj one, DMatrixRMaj other) {
        DMatrixRMaj product = new DMatrixRMaj(one.numRows, other.numCols);
        CommonOps_DDRM.mult(one, other, product);
        return product;
    }
}
