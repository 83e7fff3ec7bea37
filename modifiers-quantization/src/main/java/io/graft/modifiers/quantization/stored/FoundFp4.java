package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.scheme.MicroFloats;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** MXFP4, as compressed-tensors and DeepSeek-V4 have it of matrices, and gpt-oss of the transposed ones of all experts. */
final class FoundFp4 implements FoundLayout {
    private static final BandWords.Across LOW_FIRST = new BandWords.Across(List.of(0, 1, 2, 3, 4, 5, 6, 7));

    @Override
    public String id() {
        return "fp4";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        Expression.Owned scale = set.beside();
        if (scale.dtype() != DType.U8 && scale.dtype() != DType.F8_E8M0) {
            throw set.refused(
                    "the scale of the tensor, by which those of the groups are meant, is made of the whole weight");
        }
        Part codes = set.known(set.codes());
        boolean isTransposed = codes.shape().rank() > set.shape().rank();
        UnaryOperator<Expression> laying = isTransposed ? Expressions::transpose : UnaryOperator.identity();
        Expression each = cast(set.spread().each(), DType.F32);
        return new Recipe(
                new MicroFloats(),
                Map.of(set.codes(), weight -> weight.codes(codes.dtype(), codes.shape(), LOW_FIRST)),
                Map.of(scale.slot(), weight -> CompressedScales.scales(weight, scale.dtype(), scale.shape(), 1)),
                reshape(
                        isTransposed ? transpose(each) : each,
                        Shape.of(scale.shape().elementCount())),
                UnaryOperator.identity(),
                laying);
    }
}
