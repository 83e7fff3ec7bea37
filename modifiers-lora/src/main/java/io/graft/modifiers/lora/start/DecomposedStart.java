package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.matrix.Matrices;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.LazyTensors.Output;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Both factors of one decomposition of a linear layer's weight. */
final class DecomposedStart {
    /** Two matrices, {@code [rank, in]} and {@code [out, rank]}. */
    record Parts(DMatrixRMaj a, DMatrixRMaj b) {}

    /** Makes both matrices. */
    interface Making {
        Parts make() throws IOException;
    }

    /** Takes a weight, {@code [out, in]}, apart: the product with the scale is taken out of it. */
    interface Decomposition {
        Parts of(DMatrixRMaj weight) throws IOException;
    }

    private static final Initializer NORMAL = new Initializer(Initializer.Kind.NORMAL, 1);

    private DecomposedStart() {}

    static Optional<String> refusal(String rule, Site site) {
        if (!site.isLinear()) {
            return Optional.of("is of no linear layer, which `" + rule + "` needs");
        }
        if (site.rank() > site.highestRank()) {
            return Optional.of("has no update of rank " + site.rank() + ", which `" + rule
                    + "` would have to make of its weight: the highest is " + site.highestRank());
        }
        if (site.weight().shape().elementCount() > Matrices.MOST) {
            return Optional.of("has more than " + Matrices.MOST + " elements, which `" + rule + "` cannot take apart");
        }
        return Optional.empty();
    }

    static Start.Pair factors(String rule, Site site, Decomposition decomposition) {
        return pair(rule, List.of(site.weight()), site, () -> decomposition.of(weight(site)));
    }

    /** Two factors that are made at once, when one of them is read. */
    static Start.Pair pair(String operation, List<LazyTensor> inputs, Site site, Making making) {
        List<ComputedTensor> both = LazyTensors.joint(
                inputs, List.of(output(operation, site, site.a()), output(operation, site, site.b())), () -> {
                    Parts parts = making.make();
                    return List.of(
                            Matrices.data(parts.a().getData(), site.dtype()),
                            Matrices.data(parts.b().getData(), site.dtype()));
                });
        return new Start.Pair(both.get(0), both.get(1));
    }

    private static Output output(String operation, Site site, Shape shape) {
        return new Output(operation, site.dtype(), shape);
    }

    /** Normally distributed numbers. */
    static DMatrixRMaj drawn(Site site, String what, int rows, int columns) throws IOException {
        Shape shape = Shape.of(rows, columns);
        return new DMatrixRMaj(
                rows,
                columns,
                true,
                Matrices.read(NORMAL.tensor(site.seed(), site.name() + " " + what, DType.F64, shape, shape)));
    }

    private static DMatrixRMaj weight(Site site) throws IOException {
        Shape shape = site.weight().shape();
        DMatrixRMaj stored = new DMatrixRMaj(
                Math.toIntExact(shape.dimension(0)),
                Math.toIntExact(shape.dimension(1)),
                true,
                Matrices.finite(site.weight()));
        if (site.arrangement() == Arrangement.LINEAR) {
            return stored;
        }
        DMatrixRMaj turned = new DMatrixRMaj(stored.numCols, stored.numRows);
        CommonOps_DDRM.transpose(stored, turned);
        return turned;
    }
}
