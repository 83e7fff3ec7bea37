package io.graft.modifiers.quantization.scheme;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.util.Locale;

/**
 * Blocks of GGUF. A unit is a block, its codes are the bytes of the block, with its scales in 16 bits, or 6, among them.
 *
 * @param type of the blocks
 */
public record GgufBlocks(BlockType type) implements Scheme {
    /** From the least of sixteen levels, -127, to the largest, 113. */
    private static final int MEAN_OF_LEVELS = 16;

    @Override
    public String id() {
        return switch (type) {
            case Q8_0 -> "int8";
            case Q4_0, Q4_K -> "int4";
            default -> type.name().toLowerCase(Locale.ROOT);
        };
    }

    @Override
    public String description() {
        return type + " of GGUF";
    }

    @Override
    public Grid grid(Shape weight) {
        long columns = weight.rank() == 0 ? 1 : weight.dimension(weight.rank() - 1);
        if (columns % type.elements() != 0) {
            throw new IllegalArgumentException(
                    "has rows of " + columns + " values, and " + type + " of GGUF is in blocks of " + type.elements());
        }
        return new Grid(type.elements(), type.scales(), type.bytes());
    }

    @Override
    public double expectedError(Shape weight) {
        return switch (type) {
            case Q8_0 -> .0054;
            case Q4_0 -> .0858;
            case Q4_1 -> .0783;
            case Q5_0 -> .0427;
            case Q5_1 -> .0378;
            case Q2_K -> .2967;
            case Q3_K -> .151;
            case Q4_K -> .0714;
            case Q5_K -> .0361;
            case Q6_K -> .0178;
            case IQ4_NL -> .0762;
            case IQ4_XS -> .0768;
        };
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * piece.unit();
            piece.largest(from, from + piece.unit());
            if (!type.scale(piece.values(), from, piece.scales(), unit * type.scales())) {
                throw piece.refused(
                        from, "in a block of values too large for scales of 16 bits, which " + type + " of GGUF has");
            }
        }
    }

    @Override
    public boolean storesScales() {
        return false;
    }

    @Override
    public void encode(Piece piece, DType result) {
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * piece.unit();
            int bytes = unit * type.bytes();
            type.pack(piece.values(), from, piece.scales(), unit * type.scales(), piece.codes(), bytes);
            type.unpack(piece.codes(), bytes, piece.restored(), from);
        }
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        int place = unit * type.scales();
        if (type.groups() == 0) {
            return type.elements() * squaredStep(piece.scales()[place]);
        }
        double sum = 0;
        int first = place + (type.hasOffsets() ? 2 : 1);
        for (int group = 0; group < type.groups(); group++) {
            sum += squaredStep((double) piece.scales()[place] * piece.scales()[first + group]);
        }
        return sum * type.elements() / type.groups();
    }

    private double squaredStep(double scale) {
        double step = isOfLevels() ? scale * MEAN_OF_LEVELS : scale;
        return step * step;
    }

    private boolean isOfLevels() {
        return type == BlockType.IQ4_NL || type == BlockType.IQ4_XS;
    }
}
