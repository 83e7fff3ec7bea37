package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.matrix.Triangular;
import io.graft.modifiers.lora.start.DecomposedStart.Parts;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

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
        Triangular parts = Triangular.of(weight);
        return new Parts(
                CommonOps_DDRM.extract(parts.triangle(), 0, rank, 0, parts.triangle().numCols),
                CommonOps_DDRM.extract(parts.orthogonal(), 0, parts.orthogonal().numRows, 0, rank));
    }
}
