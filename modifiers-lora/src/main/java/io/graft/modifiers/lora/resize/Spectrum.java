package io.graft.modifiers.lora.resize;

import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.modifiers.lora.matrix.Singular;
import io.graft.modifiers.lora.matrix.Triangular;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * The product of two factors as a sum of parts of rank 1, the largest first: its singular value decomposition. The product itself is
 * never made: QR of {@code B} and of {@code A} transposed leaves a core of rank by rank, O((in + out) rank²).
 */
public final class Spectrum {
    private final DMatrixRMaj left;
    private final DMatrixRMaj right;
    private final double[] values;

    private Spectrum(DMatrixRMaj left, DMatrixRMaj right, double[] values) {
        this.left = left;
        this.right = right;
        this.values = values;
    }

    /**
     * Takes {@code B A} apart.
     *
     * @param b {@code [out, rank]}, row by row
     * @param a {@code [rank, in]}, row by row
     * @throws ArithmeticException if a value is not finite, or the decomposition does not converge
     */
    public static Spectrum of(double[] b, double[] a, int rank) {
        requireFinite(b);
        requireFinite(a);
        Triangular outputs = Triangular.of(new DMatrixRMaj(b.length / rank, rank, true, b));
        DMatrixRMaj across = new DMatrixRMaj(a.length / rank, rank);
        CommonOps_DDRM.transpose(new DMatrixRMaj(rank, a.length / rank, true, a), across);
        Triangular inputs = Triangular.of(across);
        DMatrixRMaj core = new DMatrixRMaj(outputs.triangle().numRows, inputs.triangle().numRows);
        CommonOps_DDRM.multTransB(outputs.triangle(), inputs.triangle(), core);
        Singular parts =
                Singular.of(core).orElseThrow(() -> new ArithmeticException("the singular values do not converge"));
        return Spectrum.of(new Singular(
                Matrices.product(outputs.orthogonal(), parts.left()),
                parts.values(),
                Matrices.product(inputs.orthogonal(), parts.right())));
    }

    /** That of the parts of a matrix, or of the largest of them. */
    // For packages of this module, which alone see the parts.
    @SuppressWarnings("exports")
    public static Spectrum of(Singular parts) {
        double[] values = new double[Math.min(parts.values().numRows, parts.values().numCols)];
        for (int i = 0; i < values.length; i++) {
            values[i] = parts.value(i);
        }
        return new Spectrum(parts.left(), parts.right(), values);
    }

    private static void requireFinite(double[] factor) {
        for (double value : factor) {
            if (!Double.isFinite(value)) {
                throw new ArithmeticException("a factor holds NaN or infinity");
            }
        }
    }

    /** How much each part is of the product; they outlive the parts, which take far more room. */
    public SingularValues values() {
        return new SingularValues(values);
    }

    /** {@code B} at a lower rank, {@code [out, rank]}; each of the two has the root of the singular values. */
    public double[] b(int rank) {
        double[] b = new double[left.numRows * rank];
        for (int row = 0; row < left.numRows; row++) {
            for (int i = 0; i < rank; i++) {
                b[row * rank + i] = i < values.length ? left.get(row, i) * Math.sqrt(values[i]) : 0;
            }
        }
        return b;
    }

    /** {@code A} at a lower rank, {@code [rank, in]}; parts that are zero keep their direction, so that they can be trained. */
    public double[] a(int rank) {
        double[] a = new double[rank * right.numRows];
        for (int i = 0; i < Math.min(rank, values.length); i++) {
            double scale = values[i] == 0 ? 1 : Math.sqrt(values[i]);
            for (int column = 0; column < right.numRows; column++) {
                a[i * right.numRows + column] = right.get(column, i) * scale;
            }
        }
        return a;
    }
}
