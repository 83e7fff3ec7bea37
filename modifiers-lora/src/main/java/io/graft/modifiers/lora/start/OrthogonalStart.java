package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.modifiers.lora.matrix.Triangular;
import io.graft.modifiers.lora.start.DecomposedStart.Parts;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Both factors random, in the even and in the odd rows of one orthogonal matrix, so that their product is zero. */
final class OrthogonalStart implements Start {
    private static final String RULE = "orthogonal";
    private static final double TENTH = 0.1;

    @Override
    public Optional<String> refusal(Site site) {
        return site.isLinear() ? Optional.empty() : Optional.of("is of no linear layer, which `orthogonal` needs");
    }

    @Override
    public Pair factors(Site site) {
        return DecomposedStart.pair(RULE + ", seed " + site.seed(), List.of(), site, () -> parts(site));
    }

    private static Parts parts(Site site) throws IOException {
        int rank = Math.toIntExact(site.rank());
        DMatrixRMaj whole =
                Triangular.of(DecomposedStart.drawn(site, "square", rank, rank)).orthogonal();
        DMatrixRMaj inputs =
                DecomposedStart.drawn(site, "lora_A", (int) site.a().dimension(1), rank / 2);
        DMatrixRMaj a = new DMatrixRMaj(rank, inputs.numRows);
        CommonOps_DDRM.multTransAB(everySecond(whole, 0), inputs, a);
        DMatrixRMaj outputs =
                DecomposedStart.drawn(site, "lora_B", (int) site.b().dimension(0), rank / 2);
        DMatrixRMaj b = Matrices.product(outputs, everySecond(whole, 1));
        CommonOps_DDRM.scale(TENTH, a);
        CommonOps_DDRM.scale(TENTH, b);
        return new Parts(a, b);
    }

    private static DMatrixRMaj everySecond(DMatrixRMaj matrix, int first) {
        DMatrixRMaj rows = new DMatrixRMaj(matrix.numRows / 2, matrix.numCols);
        for (int row = 0; row < rows.numRows; row++) {
            CommonOps_DDRM.extract(matrix, 2 * row + first, 2 * row + first + 1, 0, matrix.numCols, rows, row, 0);
        }
        return rows;
    }
}
