package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.start.DecomposedStart.Parts;
import java.io.IOException;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * PiSSA: the largest singular values of a weight, their roots in both factors.
 *
 * @see <a href="https://arxiv.org/abs/2404.02948">PiSSA</a>
 */
final class SingularStart implements Start {
    private static final String RULE = "pissa";

    private final int iterations;

    /** @param iterations of the randomized decomposition; 0 for the exact one */
    SingularStart(int iterations) {
        this.iterations = iterations;
    }

    @Override
    public Optional<String> refusal(Site site) {
        return DecomposedStart.refusal(RULE, site);
    }

    @Override
    public Pair factors(Site site) {
        return DecomposedStart.factors(RULE, site, weight -> parts(weight, site));
    }

    private Parts parts(DMatrixRMaj weight, Site site) throws IOException {
        int rank = Math.toIntExact(site.rank());
        DMatrixRMaj range = iterations == 0 ? CommonOps_DDRM.identity(weight.numRows) : range(weight, site, rank);
        DMatrixRMaj seen = iterations == 0 ? weight : new DMatrixRMaj(range.numCols, weight.numCols);
        if (iterations > 0) {
            CommonOps_DDRM.multTransA(range, weight, seen);
        }
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(seen.numRows, seen.numCols, true, true, true);
        if (!svd.decompose(seen.copy())) {
            throw new ArithmeticException("the singular values of `" + site.name() + "` do not converge");
        }
        DMatrixRMaj u = svd.getU(null, false);
        DMatrixRMaj v = svd.getV(null, false);
        DMatrixRMaj w = svd.getW(null);
        SingularOps_DDRM.descendingOrder(u, false, w, v, false);
        DMatrixRMaj left = u;
        if (iterations > 0) {
            left = new DMatrixRMaj(weight.numRows, u.numCols);
            CommonOps_DDRM.mult(range, u, left);
        }
        DMatrixRMaj a = new DMatrixRMaj(rank, weight.numCols);
        DMatrixRMaj b = new DMatrixRMaj(weight.numRows, rank);
        for (int i = 0; i < rank; i++) {
            double root = Math.sqrt(w.get(i, i) / site.scale());
            for (int column = 0; column < weight.numCols; column++) {
                a.set(i, column, root * v.get(column, i));
            }
            for (int row = 0; row < weight.numRows; row++) {
                b.set(row, i, root * left.get(row, i));
            }
        }
        return new Parts(a, b);
    }

    /** An orthogonal basis of nearly all that the largest singular values span, by subspace iteration. */
    private DMatrixRMaj range(DMatrixRMaj weight, Site site, int rank) throws IOException {
        DMatrixRMaj probe = DecomposedStart.drawn(site, RULE, weight.numCols, rank);
        DMatrixRMaj range = new DMatrixRMaj(weight.numRows, rank);
        CommonOps_DDRM.mult(weight, probe, range);
        range = orthogonal(range);
        for (int i = 0; i < iterations; i++) {
            CommonOps_DDRM.multTransA(weight, range, probe);
            CommonOps_DDRM.mult(weight, orthogonal(probe), range);
            range = orthogonal(range);
        }
        return range;
    }

    private static DMatrixRMaj orthogonal(DMatrixRMaj matrix) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
        qr.decompose(matrix.copy());
        return qr.getQ(null, true);
    }
}
