package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.subtract;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.model.parametrization.Form;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;

/** What blocks of 256 elements stand for, whose groups have scales that are codes themselves; all of an expression of each block's bytes. */
enum GgufSuperBlocks {
    Q2(BlockType.Q2_K, 80) {
        @Override
        Expression codes(Expression each) {
            return twos(each, 16);
        }

        @Override
        Expression ofGroups(Expression each) {
            return GgufValue.fields(each, 0, 16, 4, 16);
        }
    },
    Q3(BlockType.Q3_K, 108) {
        @Override
        Expression codes(Expression each) {
            Expression thirds = GgufValue.fields(each, 0, 32, 1, 32);
            return subtract(add(twos(each, 32), multiply(thirds, constant(4))), constant(4));
        }

        @Override
        Expression ofGroups(Expression each) {
            Expression low = GgufValue.fields(each, 96, 8, 4, 8);
            Expression high = GgufValue.fields(each, 104, 4, 2, 4);
            return subtract(add(low, multiply(high, constant(16))), constant(32));
        }
    },
    Q4(BlockType.Q4_K, 0) {
        @Override
        Expression codes(Expression each) {
            return GgufValue.nibbles(each, 16, 64, 256);
        }

        @Override
        Expression ofGroups(Expression each) {
            return sixes(each);
        }
    },
    Q5(BlockType.Q5_K, 0) {
        @Override
        Expression codes(Expression each) {
            Expression fifths = GgufValue.fields(each, 16, 32, 1, 32);
            return add(GgufValue.nibbles(each, 48, 64, 256), multiply(fifths, constant(16)));
        }

        @Override
        Expression ofGroups(Expression each) {
            return sixes(each);
        }
    },
    Q6(BlockType.Q6_K, 208) {
        @Override
        Expression codes(Expression each) {
            Expression high = GgufValue.fields(each, 128, 64, 2, 32);
            return subtract(add(GgufValue.nibbles(each, 0, 128, 256), multiply(high, constant(16))), constant(32));
        }

        @Override
        Expression ofGroups(Expression each) {
            return GgufValue.signed(each, 192, 16);
        }
    },
    IQ4(BlockType.IQ4_XS, 0) {
        @Override
        Expression codes(Expression each) {
            return lookup(GgufValue.LEVELS, GgufValue.nibbles(each, 8, 32, 256));
        }

        @Override
        Expression ofGroups(Expression each) {
            Expression low = GgufValue.fields(each, 4, 4, 4, 1);
            Expression high = GgufValue.fields(each, 2, 2, 2, 1);
            return subtract(add(low, multiply(high, constant(16))), constant(32));
        }
    };

    private static final int HALF = 2;

    private final BlockType type;
    private final int scale;

    /** @param scale where the scale of scales lies, before that of offsets */
    GgufSuperBlocks(BlockType type, int scale) {
        this.type = type;
        this.scale = scale;
    }

    /** Those of a type. */
    static GgufSuperBlocks of(BlockType type) {
        for (GgufSuperBlocks blocks : values()) {
            if (blocks.type == type) {
                return blocks;
            }
        }
        throw new IllegalArgumentException(type + " has one scale for a block");
    }

    /** What codes stand for before they are multiplied, {@code [blocks, elements]}. */
    abstract Expression codes(Expression each);

    /** The scales of groups, and then their offsets, {@code [blocks, numbers]}. */
    abstract Expression ofGroups(Expression each);

    /** What the blocks stand for, {@code [blocks, groups, elements of a group]}. */
    Expression value(Expression each) {
        Shape grid = Shape.of(each.shape().dimension(0), type.groups(), 1);
        Expression codes = reshape(codes(each), grid.with(2, type.elements() / type.groups()));
        Expression products = multiply(codes, reshape(steps(each), grid));
        return type.hasOffsets() ? subtract(products, reshape(offsets(each), grid)) : products;
    }

    /** Blocks of Q4_K, whose codes kernels of layers take. */
    static Form ofKernels(Expression each, Shape shape, Form.ScaledCodes.Kernel kernel) {
        Expression value = reshape(Q4.value(each), shape);
        if (shape.rank() != 2) {
            return new Form.Plain(value);
        }
        int group = Q4.type.elements() / Q4.type.groups();
        Shape groups = Shape.of(shape.dimension(0), shape.dimension(1) / group);
        Affine affine = new Affine(reshape(Q4.codes(each), shape), 4, group, reshape(Q4.steps(each), groups));
        return new Form.ScaledCodes(value, affine.less(reshape(Q4.offsets(each), groups)), kernel);
    }

    /** What codes are multiplied by, {@code [blocks, groups]}. */
    private Expression steps(Expression each) {
        return multiply(GgufValue.half(each, scale), slice(ofGroups(each), 1, 0, type.groups()));
    }

    /** What is subtracted from the products, {@code [blocks, groups]}. */
    private Expression offsets(Expression each) {
        return multiply(GgufValue.half(each, scale + HALF), slice(ofGroups(each), 1, type.groups(), type.groups()));
    }

    /** The scale of scales, that of offsets, the scales of groups, and their offsets. */
    Expression scales(Expression each) {
        Expression first = GgufValue.half(each, scale);
        return type.hasOffsets()
                ? concat(1, first, GgufValue.half(each, scale + HALF), ofGroups(each))
                : concat(1, first, ofGroups(each));
    }

    /** Codes of two bits: of each 128 the fields of 32 bytes. */
    private static Expression twos(Expression each, long at) {
        return GgufValue.fields(each, at, 64, 2, 32);
    }

    /**
     * Eight scales and eight offsets of six bits in twelve bytes after two numbers of 16 bits: four of each lie in the low bits of a byte,
     * of the others four bits in the last four bytes and two in the high bits before.
     */
    private static Expression sixes(Expression each) {
        long blocks = each.shape().dimension(0);
        Expression fields = reshape(Codes.ofEach(slice(each, 1, 4, 12), 2, false), Shape.of(blocks, 3, 4, 4));
        Expression first = slice(fields, 1, 0, 2);
        Expression low = sum(slice(first, 3, 0, 1), slice(first, 3, 1, 1), slice(first, 3, 2, 1));
        Expression last = permute(reshape(slice(fields, 1, 2, 1), Shape.of(blocks, 4, 2, 2)), 0, 2, 1, 3);
        Expression high = sum(slice(last, 3, 0, 1), slice(last, 3, 1, 1), slice(first, 3, 3, 1));
        return reshape(concat(2, low, high), Shape.of(blocks, 16));
    }

    private static Expression sum(Expression ones, Expression fours, Expression sixteens) {
        return add(add(ones, multiply(fours, constant(4))), multiply(sixteens, constant(16)));
    }
}
