package io.graft.modifiers.quantization.scheme;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * Blocks of GGUF. A unit is a block, its codes are the bytes of the block, with its scales in 16 bits, or 6, among them.
 *
 * @param type of the blocks
 */
public record GgufBlocks(BlockType type) implements Scheme {
    private static final int GROUP = 32;

    @Override
    public String id() {
        return type == BlockType.Q8_0 ? "int8" : "int4";
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
            case Q4_K -> .0718;
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
        if (type != BlockType.Q4_K) {
            return piece.squaredScale(unit);
        }
        double sum = 0;
        int place = unit * type.scales();
        for (int group = 0; group < type.elements() / GROUP; group++) {
            double step = (double) piece.scales()[place] * piece.scales()[place + 2 + group];
            sum += step * step * GROUP;
        }
        return sum;
    }
}
