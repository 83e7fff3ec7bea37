package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.transpose;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.scheme.MicroFloats;
import io.graft.modifiers.quantization.scheme.NvidiaFloats;
import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.modifiers.quantization.stored.packing.BandWords;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * 4-bit floating-point numbers: MXFP4, as compressed-tensors and DeepSeek-V4 have it of matrices, and gpt-oss of the transposed ones of
 * all experts; NVFP4 of compressed-tensors and ModelOpt.
 */
final class FoundFp4 implements FoundLayout {
    private static final BandWords.Across LOW_FIRST = new BandWords.Across(List.of(0, 1, 2, 3, 4, 5, 6, 7));
    private static final String SCALE = "weight_scale";
    private static final String MULTIPLIED = "weight_scale_2";
    private static final String DIVIDED = "weight_global_scale";

    @Override
    public String id() {
        return "fp4";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        boolean isMultiplied = set.uses(MULTIPLIED);
        if (isMultiplied || set.uses(DIVIDED)) {
            float whole = number(set.known(isMultiplied ? MULTIPLIED : DIVIDED));
            if (!(whole > 0) || !Float.isFinite(whole)) {
                throw set.refused("the scale of the weight is " + whole + ", by which no others can be meant");
            }
            NvidiaFloats scheme = new NvidiaFloats(whole, !isMultiplied);
            Expression.Owned scale = set.leaf(SCALE);
            return recipe(set, scheme, scale, all -> bytes(scheme, all));
        }
        Expression.Owned scale = set.beside();
        return recipe(set, new MicroFloats(), scale, all -> Numbers.bytes(scale.dtype(), all));
    }

    private static Recipe recipe(FoundSet set, Scheme scheme, Expression.Owned scale, QuantizedWeight.OfScales bytes) {
        Part codes = set.known(set.codes());
        boolean isTransposed = codes.shape().rank() > set.shape().rank();
        Recipe.Laying laying = isTransposed ? Recipe.Laying.by(Expressions::transpose) : Recipe.Laying.NONE;
        Expression each = cast(set.spread().each(), DType.F32);
        return new Recipe(
                scheme,
                Map.of(set.codes(), weight -> weight.codes(codes.dtype(), codes.shape(), LOW_FIRST)),
                Map.of(scale.slot(), weight -> weight.ofScales("scales", scale.dtype(), scale.shape(), bytes)),
                reshape(
                        isTransposed ? transpose(each) : each,
                        Shape.of(scale.shape().elementCount())),
                UnaryOperator.identity(),
                laying);
    }

    private static TensorData bytes(NvidiaFloats scheme, float... scales) {
        byte[] bytes = new byte[scales.length];
        for (int i = 0; i < scales.length; i++) {
            bytes[i] = scheme.stored(scales[i]);
        }
        return TensorData.of(ByteBuffer.wrap(bytes));
    }

    private static float number(Part part) {
        try {
            return part.data()
                    .window(0, Float.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getFloat();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
