package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.start.DecomposedStart.Parts;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;

/**
 * OLoRA: the first columns of the orthogonal part of a weight, and the first rows of its triangle.
 *
 * @see <a href="https://arxiv.org/abs/2406.01775">OLoRA</a>
 */
final class TriangularStart implements Start {
    private static final String RULE = "olora";

    @Override
    public Optional<String> refusal(Site site) {
        return DecomposedStart.refusal(RULE, site);
    }

    @Override
    public Pair factors(Site site) {
        return DecomposedStart.factors(RULE, site, weight -> parts(weight, Math.toIntExact(site.rank())));
    }

    private static Parts parts(DMatrixRMaj weight, int rank) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(weight.numRows, weight.numCols);
        // false tells of columns that depend on each other, which a weight may have
        qr.decompose(weight.copy());
        DMatrixRMaj orthogonal = qr.getQ(null, true);
        DMatrixRMaj triangle = qr.getR(null, true);
        return new Parts(
                CommonOps_DDRM.extract(triangle, 0, rank, 0, triangle.numCols),
                CommonOps_DDRM.extract(orthogonal, 0, orthogonal.numRows, 0, rank));
    }
}
