package io.graft.modifiers.quantization.scheme;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * Blocks of GGUF. A unit is a block, its codes are the bytes of the block, scales included, and it has no scales beside them.
 *
 * @param type of the blocks
 */
public record GgufBlocks(BlockType type) implements Scheme {
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
        return new Grid(type.elements(), 0, type.bytes());
    }

    @Override
    public double expectedError(Shape weight) {
        return switch (type) {
            case Q8_0 -> .0054;
            case Q4_0 -> .0858;
            case Q4_K -> .0718;
        };
    }

    /** {@inheritDoc} The blocks hold them; values are looked at. */
    @Override
    public void scale(Piece piece, DType result) throws IOException {
        for (int unit = 0; unit < piece.units(); unit++) {
            int from = unit * piece.unit();
            piece.largest(from, from + piece.unit());
            if (!type.pack(piece.values(), from, piece.codes(), unit * type.bytes())) {
                throw piece.refused(
                        from, "in a block of values too large for scales of 16 bits, which " + type + " of GGUF has");
            }
        }
    }

    @Override
    public void encode(Piece piece, DType result) {
        for (int unit = 0; unit < piece.units(); unit++) {
            type.unpack(piece.codes(), unit * type.bytes(), piece.restored(), unit * piece.unit());
        }
    }
}
