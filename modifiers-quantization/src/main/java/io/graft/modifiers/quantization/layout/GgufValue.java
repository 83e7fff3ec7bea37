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
    private static final int GROUPS = 8;

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
        long blocks = shape.elementCount() / type.elements();
        Expression each = reshape(bytes, Shape.of(blocks, type.bytes()));
        return switch (type) {
            case Q8_0 -> scaled(lookup(SIGNED, slice(each, 1, HALF, SMALL)), Byte.SIZE, half(each, 0), shape, kernel);
            case Q4_0 ->
                scaled(
                        subtract(nibbles(slice(each, 1, HALF, SMALL / 2), SMALL / 2), constant(8)),
                        4,
                        half(each, 0),
                        shape,
                        kernel);
            case Q4_K -> superBlocks(each, shape, kernel);
        };
    }

    /**
     * The scales of blocks, those of each in their order, as {@link BlockType#scales} has them.
     *
     * @param bytes whose last dimension counts those of a row
     */
    public static Expression scales(BlockType type, Expression bytes) {
        long blocks = bytes.shape().elementCount() / type.bytes();
        Expression each = reshape(bytes, Shape.of(blocks, type.bytes()));
        Expression scales = half(each, 0);
        if (type == BlockType.Q4_K) {
            Expression fields = fields(each);
            scales = concat(1, scales, half(each, HALF), six(fields, 0, 0), six(fields, 4, 2));
        }
        return reshape(scales, Shape.of(blocks * type.scales()));
    }

    /** A number of 16 bits of each block. */
    private static Expression half(Expression each, long at) {
        Expression bytes = slice(each, 1, at, HALF);
        return lookup(HALVES, Codes.lowFirst(bytes, Short.SIZE, 1));
    }

    /** The low nibbles of so many bytes, then the high ones, along the last axis. */
    private static Expression nibbles(Expression bytes, long together) {
        long blocks = bytes.shape().dimension(0);
        long all = bytes.shape().dimension(1);
        Expression pairs = reshape(Codes.ofEach(bytes, 4, false), Shape.of(blocks, all / together, together, 2));
        return reshape(permute(pairs, 0, 1, 3, 2), Shape.of(blocks, 2 * all));
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

    private static Form superBlocks(Expression each, Shape shape, Form.ScaledCodes.Kernel kernel) {
        long blocks = each.shape().dimension(0);
        Expression fields = fields(each);
        Expression scales = multiply(half(each, 0), six(fields, 0, 0));
        Expression offsets = multiply(half(each, HALF), six(fields, 4, 2));
        Expression codes = reshape(nibbles(slice(each, 1, 16, 128), SMALL), Shape.of(blocks, GROUPS, SMALL));
        Shape grid = Shape.of(blocks, GROUPS, 1);
        Expression value = reshape(subtract(multiply(codes, reshape(scales, grid)), reshape(offsets, grid)), shape);
        if (shape.rank() != 2) {
            return new Form.Plain(value);
        }
        Shape groups = Shape.of(shape.dimension(0), shape.dimension(1) / SMALL);
        Affine affine = new Affine(reshape(codes, shape), 4, SMALL, reshape(scales, groups));
        return new Form.ScaledCodes(value, affine.less(reshape(offsets, groups)), kernel);
    }

    /** Twelve bytes of each block, of whose fields of two bits scales and offsets are made. */
    private static Expression fields(Expression each) {
        long blocks = each.shape().dimension(0);
        return reshape(Codes.ofEach(slice(each, 1, 2 * HALF, 12), 2, false), Shape.of(blocks, 12, 4));
    }

    /**
     * Numbers of six bits: four in the low bits of a byte each, four of four bits in the last bytes and of two in the high bits before.
     *
     * @param from the first byte of the four
     * @param field the first of two fields of the last bytes
     */
    private static Expression six(Expression fields, long from, long field) {
        long blocks = fields.shape().dimension(0);
        Expression first = slice(fields, 1, from, 4);
        Expression last = slice(fields, 1, 8, 4);
        Expression low = sum(slice(first, 2, 0, 1), slice(first, 2, 1, 1), slice(first, 2, 2, 1));
        Expression high = sum(slice(last, 2, field, 1), slice(last, 2, field + 1, 1), slice(first, 2, 3, 1));
        return reshape(concat(1, low, high), Shape.of(blocks, GROUPS));
    }

    private static Expression sum(Expression ones, Expression fours, Expression sixteens) {
        return add(add(ones, multiply(fours, constant(4))), multiply(sixteens, constant(16)));
    }
}
