package io.graft.modifiers.lora;

import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.Form;
import io.graft.model.OwnedTensor;
import io.graft.model.Parametrization;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.util.List;

/**
 * A weight plus a scaled product of two narrow matrices.
 *
 * @param description the update, in a few words
 * @param a {@code [rank, in]}
 * @param b {@code [out, rank]}
 * @param transposed whether the weight is stored as {@code [in, out]}, as that of an embedding
 */
record LowRankUpdate(String description, OwnedTensor a, OwnedTensor b, double scale, boolean transposed)
        implements Parametrization {
    static LowRankUpdate of(SourceCheckpoint source, TensorEntry a, TensorEntry b, double scale, boolean transposed) {
        return new LowRankUpdate(
                describe(source, a.shape().dimension(0), scale),
                OwnedTensor.trained("lora_A", new Factor(source, a)),
                OwnedTensor.trained("lora_B", new Factor(source, b)),
                scale,
                transposed);
    }

    static String describe(SourceCheckpoint source, long rank, double scale) {
        return "add lora of rank " + rank + ", scale " + scale + ", from " + source.uri();
    }

    @Override
    public String id() {
        return "lora";
    }

    @Override
    public List<OwnedTensor> owned() {
        return List.of(a, b);
    }

    @Override
    public Form form(Expression.Below below) {
        Expression left = b.expression();
        Expression right = a.expression();
        return transposed
                ? new Form.LowRank(below, transpose(right), transpose(left), scale, 0)
                : new Form.LowRank(below, left, right, scale, 0);
    }

    /** A bias plus a scaled bias. */
    record OfBias(String description, OwnedTensor addend, double scale) implements Parametrization {
        static OfBias of(SourceCheckpoint source, TensorEntry bias, double scale) {
            return new OfBias(
                    describe(source, 1, scale), OwnedTensor.trained("lora_bias", new Factor(source, bias)), scale);
        }

        @Override
        public String id() {
            return "lora";
        }

        @Override
        public List<OwnedTensor> owned() {
            return List.of(addend);
        }

        @Override
        public Form form(Expression.Below below) {
            Expression update = Expressions.multiply(addend.expression(), Expressions.constant(scale));
            return new Form.Plain(Expressions.add(below, update));
        }
    }
}
