package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;

/**
 * The weight {@code [out, in / groups, kernel...]} of a convolution over one or more axes plus {@code scale * B A}, group by group.
 * Stride, padding and dilation are the layer's own and make no difference to its weight.
 *
 * @param description the update, in a few words
 * @param factors {@code A [rank, in / groups, kernel...]} and {@code B [out, rank / groups, 1...]}
 */
public record ConvolutionUpdate(String description, Factors factors) implements Parametrization {
    @Override
    public String id() {
        return "lora";
    }

    @Override
    public List<OwnedTensor> owned() {
        return factors.owned();
    }

    @Override
    public Form form(Expression.Below below) {
        Expression a = factors.a(below);
        Expression b = factors.b(below);
        long rank = a.shape().dimension(0);
        long groupRank = b.shape().dimension(1);
        long groups = rank / groupRank;
        long out = b.shape().dimension(0);
        long patch = a.shape().elementCount() / rank;
        return new Form.LowRank(
                below,
                reshape(b, matrix(groups, out / groups, groupRank)),
                reshape(a, matrix(groups, groupRank, patch)),
                factors.scale(),
                factors.dropout());
    }

    private static Shape matrix(long groups, long rows, long columns) {
        return groups == 1 ? Shape.of(rows, columns) : Shape.of(groups, rows, columns);
    }
}
