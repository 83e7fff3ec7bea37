package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.LazyTensors.Output;
import java.util.List;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;

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
        List<ComputedTensor> both = LazyTensors.joint(
                List.of(),
                List.of(
                        new Output(RULE + ", seed " + site.seed(), site.dtype(), site.a()),
                        new Output(RULE + ", seed " + site.seed(), site.dtype(), site.b())),
                () -> {
                    int rank = Math.toIntExact(site.rank());
                    DMatrixRMaj whole = orthogonal(DecomposedStart.drawn(site, "square", rank, rank));
                    DMatrixRMaj inputs =
                            DecomposedStart.drawn(site, "lora_A", (int) site.a().dimension(1), rank / 2);
                    DMatrixRMaj a = new DMatrixRMaj(rank, inputs.numRows);
                    CommonOps_DDRM.multTransAB(everySecond(whole, 0), inputs, a);
                    DMatrixRMaj outputs =
                            DecomposedStart.drawn(site, "lora_B", (int) site.b().dimension(0), rank / 2);
                    DMatrixRMaj b = new DMatrixRMaj(outputs.numRows, rank);
                    CommonOps_DDRM.mult(outputs, everySecond(whole, 1), b);
                    CommonOps_DDRM.scale(TENTH, a);
                    CommonOps_DDRM.scale(TENTH, b);
                    return List.of(Matrices.data(a.getData(), site.dtype()), Matrices.data(b.getData(), site.dtype()));
                });
        return new Pair(both.get(0), both.get(1));
    }

    private static DMatrixRMaj orthogonal(DMatrixRMaj matrix) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
        qr.decompose(matrix);
        return qr.getQ(null, true);
    }

    private static DMatrixRMaj everySecond(DMatrixRMaj matrix, int first) {
        DMatrixRMaj rows = new DMatrixRMaj(matrix.numRows / 2, matrix.numCols);
        for (int row = 0; row < rows.numRows; row++) {
            CommonOps_DDRM.extract(matrix, 2 * row + first, 2 * row + first + 1, 0, matrix.numCols, rows, row, 0);
        }
        return rows;
    }
}
