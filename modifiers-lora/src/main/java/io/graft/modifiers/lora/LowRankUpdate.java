package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.Parametrization;
import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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
                describe(source, a.shape().dimension(0), scale),
                new Factor(source, b, false),
                new Factor(source, a, false),
                scale);
    }

    /** The update of a weight stored as {@code [in, out]}, or of an embedding. */
    static LowRankUpdate transposed(SourceCheckpoint source, TensorEntry a, TensorEntry b, double scale) {
        return new LowRankUpdate(
                describe(source, a.shape().dimension(0), scale),
                new Factor(source, a, true),
                new Factor(source, b, true),
                scale);
    }

    /** The update of a bias: one row, times 1. */
    static LowRankUpdate ofBias(SourceCheckpoint source, TensorEntry bias, double scale) {
        return new LowRankUpdate(describe(source, 1, scale), Factor.ONE, new Factor(source, bias, false), scale);
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

    /** The sum, in 32 bits whatever the dtype of the original. */
    private final class Merged implements ComputedTensor {
        private final LazyTensor original;

        Merged(LazyTensor original) {
            this.original = original;
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return original.shape();
        }

        @Override
        public List<LazyTensor> inputs() {
            List<LazyTensor> inputs = new ArrayList<>(List.of(original));
            left.tensor().ifPresent(inputs::add);
            right.tensor().ifPresent(inputs::add);
            return inputs;
        }

        @Override
        public String operation() {
            return what;
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
