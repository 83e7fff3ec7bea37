package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.Parametrization;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;

/**
 * A weight plus a scaled product of two narrow matrices.
 *
 * @param what the update, in a few words
 * @param left {@code [rows, rank]}
 * @param right {@code [rank, columns]}
 */
record LowRankUpdate(String what, Factor left, Factor right, double scale) implements Parametrization {
    /** The update of a weight stored as {@code [out, in]}. */
    static LowRankUpdate plain(SourceCheckpoint source, TensorEntry b, TensorEntry a, double scale) {
        return new LowRankUpdate(
                describe(source, a.shape().dimension(0), scale), new Factor(b, false), new Factor(a, false), scale);
    }

    /** The update of a weight stored as {@code [in, out]}, or of an embedding. */
    static LowRankUpdate transposed(SourceCheckpoint source, TensorEntry a, TensorEntry b, double scale) {
        return new LowRankUpdate(
                describe(source, a.shape().dimension(0), scale), new Factor(a, true), new Factor(b, true), scale);
    }

    /** The update of a bias: one row, times 1. */
    static LowRankUpdate ofBias(SourceCheckpoint source, TensorEntry bias, double scale) {
        return new LowRankUpdate(describe(source, 1, scale), Factor.ONE, new Factor(bias, false), scale);
    }

    private static String describe(SourceCheckpoint source, long rank, double scale) {
        return "add lora of rank " + rank + ", scale " + scale + ", from " + source.uri();
    }

    @Override
    public String id() {
        return "lora";
    }

    @Override
    public LazyTensor apply(LazyTensor original) {
        return new Merged(original);
    }

    /** The sum, with the dtype of the original. */
    private final class Merged implements LazyTensor {
        private final LazyTensor original;

        Merged(LazyTensor original) {
            this.original = original;
        }

        @Override
        public DType dtype() {
            return original.dtype();
        }

        @Override
        public Shape shape() {
            return original.shape();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Computed(what, original.provenance());
        }

        @Override
        public TensorData materialize() throws IOException {
            TensorData base = original.materialize();
            LowRankSum sum = new LowRankSum(
                    base,
                    original.dtype(),
                    left.read(),
                    right.read(),
                    Math.toIntExact(shape().dimension(shape().rank() - 1)),
                    (float) scale);
            return TensorData.computed(base, dtype(), shape().elementCount(), sum);
        }
    }
}
