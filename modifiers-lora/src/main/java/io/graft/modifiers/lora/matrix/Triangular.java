package io.graft.modifiers.lora.matrix;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;

/**
 * A matrix as an orthogonal one times a triangle: its QR decomposition, without what is zero in the triangle.
 *
 * @param orthogonal {@code [rows, min(rows, columns)]}
 * @param triangle {@code [min(rows, columns), columns]}
 */
public record Triangular(DMatrixRMaj orthogonal, DMatrixRMaj triangle) {
    /** That of a matrix, which stays as it is. */
    public static Triangular of(DMatrixRMaj matrix) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
        // false tells of columns that depend on each other, which a factor or a weight may have
        qr.decompose(matrix.copy());
        return new Triangular(qr.getQ(null, true), qr.getR(null, true));
    }
}
