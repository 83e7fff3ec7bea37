package io.graft.modifiers.quantization.stored;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.checkpoint.layout.Part;
import io.graft.modifiers.quantization.scheme.Float8Type;
import io.graft.modifiers.quantization.scheme.Floats8;
import io.graft.modifiers.quantization.scheme.ScaleType;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;

/**
 * 8-bit floating-point numbers with a scale for each block or row, or one: as DeepSeek, Qwen, compressed-tensors, fbgemm and
 * ModelOpt store them, and MXFP8.
 */
final class FoundFp8 implements FoundLayout {
    @Override
    public String id() {
        return "fp8";
    }

    @Override
    public Recipe recipe(FoundSet set) {
        Part codes = set.known(set.codes());
        Float8Type numbers = codes.dtype() == DType.F8_E5M2 ? Float8Type.E5M2 : Float8Type.E4M3;
        int rank = set.shape().rank();
        if (rank < 2) {
            throw set.refused("Graft makes such numbers of matrices");
        }
        Expression.Owned scale = set.beside();
        Fp8Parts parts = new Fp8Parts(set.shape(), set.codes(), scale);
        FoundSet.Spread spread = set.spread();
        Expression each = cast(spread.each(), DType.F32);
        long columns = set.shape().dimension(rank - 1);
        long rows = set.shape().elementCount() / Math.max(1, columns);
        if (rank > 2 && set.shape().dimension(rank - 2) % spread.rows() != 0) {
            throw set.refused("blocks of " + spread.rows() + " rows do not divide the "
                    + set.shape().dimension(rank - 2) + " of each matrix");
        }
        // The matrices of all experts, one below the other.
        Shape flat = Shape.of(rows, columns);
        boolean isBlocks = spread.rows() != 1 || spread.columns() != 1;
        if (spread.isOne() && !isBlocks && rows != 1) {
            return parts.withOneScale(
                            Floats8.byRows(numbers, type(set, scale)),
                            repeat(reshape(each, Shape.of(1)), 0, rows, rows))
                    .laid(flat);
        }
        long count = each.shape().elementCount();
        Expression known = reshape(each, Shape.of(count));
        if (!isBlocks) {
            return parts.of(Floats8.byRows(numbers, type(set, scale)), known).laid(flat);
        }
        long blocks = parts(rows, spread.rows()) * parts(columns, spread.columns());
        if (blocks != count || count != scale.shape().elementCount()) {
            throw set.refused("it has " + scale.shape().elementCount() + " scales for " + blocks + " blocks");
        }
        return parts.of(
                        new Floats8(
                                numbers,
                                Math.toIntExact(spread.rows()),
                                Math.toIntExact(spread.columns()),
                                ofDtype(scale.dtype())),
                        known)
                .laid(flat);
    }

    private static long parts(long length, long size) {
        return length / size + (length % size == 0 ? 0 : 1);
    }

    /** Scales of rows that are of the dtype of the values are those of compressed-tensors. */
    private static ScaleType type(FoundSet set, Expression.Owned scale) {
        return scale.dtype() == set.dtype() ? ScaleType.RESULT : ofDtype(scale.dtype());
    }

    private static ScaleType ofDtype(DType dtype) {
        return switch (dtype) {
            case F16 -> ScaleType.F16;
            case BF16 -> ScaleType.BF16;
            case F8_E8M0, U8 -> ScaleType.POWERS;
            default -> ScaleType.F32;
        };
    }
}
