package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * 8-bit floating-point numbers, E4M3, of which 448 is the largest: in square blocks with a scale of 32 bits each, or by rows with a
 * scale of the dtype that the result has. Blocks at an edge are short.
 *
 * @param block rows and columns of a block; 0 for rows
 */
public record Floats8(int block) implements Scheme {
    private static final int LARGEST_BAND = 1 << 26;

    /** What weights lose that are normally distributed; it hangs on the mantissa alone. */
    private static final double EXPECTED = .0264;

    @Override
    public String id() {
        return "fp8";
    }

    @Override
    public String description() {
        return block == 0 ? "fp8 by rows" : "fp8 in blocks of " + block + " x " + block;
    }

    @Override
    public Grid grid(Shape weight) {
        if (weight.rank() != 2) {
            throw new IllegalArgumentException("has the shape " + weight + ", and fp8 is of matrices");
        }
        long columns = Math.max(1, weight.dimension(1));
        int rows = block == 0 ? 1 : block;
        if (columns > LARGEST_BAND / rows) {
            throw new IllegalArgumentException("has rows of " + columns + " values, and " + description()
                    + " takes rows of up to " + LARGEST_BAND / rows);
        }
        return new Grid(Math.toIntExact(rows * columns), block == 0 ? 1 : blocks(columns));
    }

    private int blocks(long columns) {
        return Math.toIntExact((columns + block - 1) / block);
    }

    @Override
    public double expectedError(Shape weight) {
        return EXPECTED;
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        Blocks blocks = new Blocks(piece);
        for (int i = 0; i < blocks.count(); i++) {
            float largest = 0;
            for (int row = blocks.firstRow(i); row < blocks.endRow(i); row++) {
                largest = Math.max(largest, piece.largest(blocks.from(i, row), blocks.to(i, row)));
            }
            if (block == 0 && !Narrow.holds(result, largest)) {
                throw piece.refused(
                        blocks.from(i, i), "in a row of values of which some are too large for values of " + result);
            }
            float scale = largest / E4m3.LARGEST;
            scale = block == 0 ? Narrow.to(result, Narrow.to(result, largest) / E4m3.LARGEST) : scale;
            piece.scales()[i] = scale != 0 ? scale : block == 0 ? Narrow.spacing(result) : 1;
        }
    }

    @Override
    public void encode(Piece piece, DType result) {
        Blocks blocks = new Blocks(piece);
        for (int i = 0; i < blocks.count(); i++) {
            for (int row = blocks.firstRow(i); row < blocks.endRow(i); row++) {
                encode(piece, blocks.from(i, row), blocks.to(i, row), piece.scales()[i], result);
            }
        }
    }

    private void encode(Piece piece, int from, int to, float scale, DType result) {
        for (int i = from; i < to; i++) {
            // With scales of another dtype, so are values and quotients, as the reference has them.
            float quotient = block == 0
                    ? Narrow.to(result, Narrow.to(result, piece.values()[i]) / scale)
                    : piece.values()[i] / scale;
            byte code = E4m3.code(quotient);
            piece.codes()[i] = code;
            piece.restored()[i] = Narrow.to(result, E4m3.number(code) * scale);
        }
    }

    /** Where the blocks of a piece lie, row of blocks by row of blocks. */
    private final class Blocks {
        private final int columns;
        private final int rows;
        private final int across;

        Blocks(Piece piece) {
            columns = (int) Math.max(1, piece.shape().dimension(1));
            rows = piece.count() / columns;
            across = block == 0 ? 1 : blocks(columns);
        }

        int count() {
            return block == 0 ? rows : (rows + block - 1) / block * across;
        }

        int firstRow(int index) {
            return block == 0 ? index : index / across * block;
        }

        int endRow(int index) {
            return block == 0 ? index + 1 : Math.min(rows, firstRow(index) + block);
        }

        int from(int index, int row) {
            return row * columns + index % across * block;
        }

        int to(int index, int row) {
            return block == 0 ? (row + 1) * columns : Math.min((row + 1) * columns, from(index, row) + block);
        }
    }
}
