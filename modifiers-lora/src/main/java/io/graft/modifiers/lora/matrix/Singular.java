package io.graft.modifiers.lora.matrix;

import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * A matrix as a sum of parts of rank 1, the largest first: its singular value decomposition.
 *
 * @param left a column for each part
 * @param values the size of each part, in the diagonal
 * @param right a column for each part
 */
public record Singular(DMatrixRMaj left, DMatrixRMaj values, DMatrixRMaj right) {
    /** That of a matrix, which stays as it is; empty if the decomposition does not converge. */
    public static Optional<Singular> of(DMatrixRMaj matrix) {
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(matrix.numRows, matrix.numCols, true, true, true);
        if (!svd.decompose(matrix.copy())) {
            return Optional.empty();
        }
        DMatrixRMaj u = svd.getU(null, false);
        DMatrixRMaj v = svd.getV(null, false);
        DMatrixRMaj w = svd.getW(null);
        SingularOps_DDRM.descendingOrder(u, false, w, v, false);
        return Optional.of(new Singular(u, w, v));
    }

    /** How large a part is. */
    public double value(int part) {
        return values.get(part, part);
    }
}
