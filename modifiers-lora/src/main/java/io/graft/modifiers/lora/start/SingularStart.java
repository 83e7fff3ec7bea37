package io.graft.modifiers.lora.start;

import io.graft.modifiers.lora.matrix.FloatMatrix;
import io.graft.modifiers.lora.matrix.LargestParts;
import io.graft.modifiers.lora.matrix.Singular;
import io.graft.modifiers.lora.start.DecomposedStart.Parts;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/**
 * PiSSA: the largest singular values of a weight, their roots in both factors.
 *
 * @see <a href="https://arxiv.org/abs/2404.02948">PiSSA</a>
 */
final class SingularStart implements Start {
    private final String rule;
    private final int iterations;

    /**
     * @param rule by which it is asked for
     * @param iterations of the randomized decomposition; 0 for the exact one
     */
    SingularStart(String rule, int iterations) {
        this.rule = rule;
        this.iterations = iterations;
    }

    @Override
    public Optional<String> refusal(Site site) {
        return DecomposedStart.refusal(rule, site);
    }

    @Override
    public Pair factors(Site site) {
        return DecomposedStart.factors(rule, site, weight -> parts(weight, site));
    }

    private Parts parts(DMatrixRMaj weight, Site site) throws IOException {
        int rank = Math.toIntExact(site.rank());
        Singular parts = iterations == 0 ? singular(weight, site) : nearly(weight, site, rank);
        DMatrixRMaj a = new DMatrixRMaj(rank, weight.numCols);
        DMatrixRMaj b = new DMatrixRMaj(weight.numRows, rank);
        for (int i = 0; i < rank; i++) {
            double root = Math.sqrt(parts.value(i) / site.scale());
            for (int column = 0; column < weight.numCols; column++) {
                a.set(i, column, root * parts.right().get(column, i));
            }
            for (int row = 0; row < weight.numRows; row++) {
                b.set(row, i, root * parts.left().get(row, i));
            }
        }
        return new Parts(a, b);
    }

    private static Singular singular(DMatrixRMaj matrix, Site site) {
        return Singular.of(matrix)
                .orElseThrow(
                        () -> new ArithmeticException("the singular values of `" + site.name() + "` do not converge"));
    }

    /** The largest parts alone. */
    private Singular nearly(DMatrixRMaj weight, Site site, int rank) throws IOException {
        LargestParts parts = new LargestParts(
                FloatMatrix.of(weight), rank, new Random(Objects.hash(site.seed(), site.name(), rule)));
        for (int i = 0; i <= iterations && !parts.areAll(); i++) {
            parts.look();
        }
        return parts.values().length < rank ? singular(weight, site) : parts.largest(rank);
    }
}
