package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.stored;
import static io.graft.tensor.expression.Expressions.subtract;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.model.parametrization.Form;
import io.graft.tensor.DType;
import io.graft.tensor.Float16;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;

/** What blocks of GGUF stand for, as an expression of their bytes. */
public final class GgufValue {
    private static final int HALF = 2;
    private static final int SMALL = 32;

    /** Those of IQ4, in sixteen codes. */
    static final Expression LEVELS =
            Codes.table("levels of IQ4", -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    /** Numbers of 16 bits by their bits. */
    private static final Expression HALVES = stored(LazyTensors.generate(
            "halves", DType.F32, Shape.of(1 << Short.SIZE), bits -> Float16.toFloat((short) bits)));

    /** Signed bytes by their bits. */
    private static final Expression SIGNED =
            stored(LazyTensors.generate("signed bytes", DType.F32, Shape.of(1 << Byte.SIZE), bits -> (byte) bits));

    private GgufValue() {}

    /**
     * The value of blocks.
     *
     * @param bytes whose last dimension counts those of a row
     * @param shape of the values
     */
    public static Form of(BlockType type, Expression bytes, Shape shape, Form.ScaledCodes.Kernel kernel) {
        Expression each = each(type, bytes);
        return switch (type) {
            case Q8_0 -> scaled(lookup(SIGNED, slice(each, 1, HALF, SMALL)), Byte.SIZE, half(each, 0), shape, kernel);
            case Q4_0 -> scaled(subtract(nibbles(each, HALF, SMALL), constant(8)), 4, half(each, 0), shape, kernel);
            case Q4_K -> GgufSuperBlocks.ofKernels(each, shape, kernel);
            default -> new Form.Plain(reshape(plain(type, each), shape));
        };
    }

    private static Expression plain(BlockType type, Expression each) {
        return switch (type) {
            case Q4_1 -> add(multiply(nibbles(each, 2 * HALF, SMALL), half(each, 0)), half(each, HALF));
            case Q5_0 -> multiply(subtract(fives(each, HALF), constant(16)), half(each, 0));
            case Q5_1 -> add(multiply(fives(each, 2 * HALF), half(each, 0)), half(each, HALF));
            case IQ4_NL -> multiply(lookup(LEVELS, nibbles(each, HALF, SMALL)), half(each, 0));
            default -> GgufSuperBlocks.of(type).value(each);
        };
    }

    /**
     * The scales of blocks, those of each in their order, as {@link BlockType#scales} has them.
     *
     * @param bytes whose last dimension counts those of a row
     */
    public static Expression scales(BlockType type, Expression bytes) {
        Expression each = each(type, bytes);
        Expression scales = type.groups() > 0
                ? GgufSuperBlocks.of(type).scales(each)
                : type.hasOffsets() ? concat(1, half(each, 0), half(each, HALF)) : half(each, 0);
        return reshape(scales, Shape.of(each.shape().dimension(0) * type.scales()));
    }

    /** The bytes of each block. */
    private static Expression each(BlockType type, Expression bytes) {
        return reshape(bytes, Shape.of(bytes.shape().elementCount() / type.bytes(), type.bytes()));
    }

    /** A number of 16 bits of each block. */
    static Expression half(Expression each, long at) {
        return lookup(HALVES, Codes.lowFirst(slice(each, 1, at, HALF), Short.SIZE, 1));
    }

    /** Signed bytes of each block. */
    static Expression signed(Expression each, long at, long count) {
        return lookup(SIGNED, slice(each, 1, at, count));
    }

    /**
     * So many codes of four bits: of as many as lie together the low nibbles of the bytes, then the high ones.
     *
     * @param at the first byte
     */
    static Expression nibbles(Expression each, long at, long together, long count) {
        return fields(each, at, count / 2, 4, together / 2);
    }

    private static Expression nibbles(Expression each, long at, long count) {
        return nibbles(each, at, count, count);
    }

    /**
     * Fields of bits: of as many bytes as lie together the lowest of each, then the next ones.
     *
     * @param at the first byte
     */
    static Expression fields(Expression each, long at, long bytes, int bits, long together) {
        long blocks = each.shape().dimension(0);
        int fields = Byte.SIZE / bits;
        Expression parts = reshape(
                Codes.ofEach(slice(each, 1, at, bytes), bits, false),
                Shape.of(blocks, bytes / together, together, fields));
        return reshape(permute(parts, 0, 1, 3, 2), Shape.of(blocks, bytes * fields));
    }

    /** Codes of five bits, whose fifth ones lie in four bytes before the others. */
    private static Expression fives(Expression each, long at) {
        Expression fifths = fields(each, at, Integer.BYTES, 1, 1);
        return add(nibbles(each, at + Integer.BYTES, SMALL), multiply(fifths, constant(16)));
    }

    /** Of a matrix whose rows are whole blocks, the blocks of a row are its groups. */
    private static Form scaled(
            Expression codes, int bits, Expression scales, Shape shape, Form.ScaledCodes.Kernel kernel) {
        if (shape.rank() != 2) {
            return new Form.Plain(reshape(multiply(codes, scales), shape));
        }
        long rows = shape.dimension(0);
        long groups = shape.dimension(1) / SMALL;
        return new Form.ScaledCodes(
                reshape(codes, Shape.of(rows, groups, SMALL)),
                bits,
                List.of(reshape(scales, Shape.of(rows, groups, 1))),
                shape,
                kernel);
    }
}
