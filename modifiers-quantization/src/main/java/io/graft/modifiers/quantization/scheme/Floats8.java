package io.graft.modifiers.quantization.scheme;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;

/**
 * 8-bit floating-point numbers, in blocks of a matrix that share a scale, by which the largest becomes the largest number, or by rows.
 * Blocks at an edge are short.
 *
 * @param rows of a block
 * @param columns of a block; 0 for whole rows
 * @param scales what scales can be
 */
public record Floats8(Float8Type type, int rows, int columns, ScaleType scales) implements Scheme {
    private static final int LARGEST_BAND = 1 << 26;

    /** By rows. */
    public static Floats8 byRows(Float8Type type, ScaleType scales) {
        return new Floats8(type, 1, 0, scales);
    }

    /** E4M3 in square blocks with a scale of 32 bits each. */
    public static Floats8 ofBlocks(int size) {
        return new Floats8(Float8Type.E4M3, size, size, ScaleType.F32);
    }

    @Override
    public String id() {
        return "fp8";
    }

    @Override
    public String description() {
        String numbers = type == Float8Type.E4M3 ? id() : id() + " (" + type + ")";
        return columns == 0 ? numbers + " by rows" : numbers + " in blocks of " + rows + " x " + columns;
    }

    @Override
    public Grid grid(Shape weight) {
        if (weight.rank() != 2) {
            throw new IllegalArgumentException("has the shape " + weight + ", and fp8 is of matrices");
        }
        long wide = Math.max(1, weight.dimension(1));
        if (wide > LARGEST_BAND / rows) {
            throw new IllegalArgumentException("has rows of " + wide + " values, and " + description()
                    + " takes rows of up to " + LARGEST_BAND / rows);
        }
        return new Grid(Math.toIntExact(rows * wide), across(wide));
    }

    private int across(long wide) {
        return columns == 0 ? 1 : Math.toIntExact((wide + columns - 1) / columns);
    }

    @Override
    public double expectedError(Shape weight) {
        return type.expectedError();
    }

    @Override
    public void scale(Piece piece, DType result) throws IOException {
        Blocks blocks = new Blocks(piece);
        for (int i = 0; i < blocks.count(); i++) {
            float largest = 0;
            for (int row = blocks.firstRow(i); row < blocks.endRow(i); row++) {
                largest = Math.max(largest, piece.largest(blocks.from(i, row), blocks.to(i, row)));
            }
            if (!scales.holds(largest, type.largest(), result)) {
                throw piece.refused(
                        blocks.from(i, blocks.firstRow(i)),
                        scales == ScaleType.RESULT
                                ? "in a row of values of which some are too large for values of " + result
                                : "in a block of values of which some are too large for scales of " + scales);
            }
            float scale = scales.of(largest, type.largest(), result);
            piece.scales()[i] = scale != 0 ? scale : scales.ofZeros(result);
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
        DType rounding = scales.rounding(result);
        for (int i = from; i < to; i++) {
            float quotient = Narrow.to(rounding, Narrow.to(rounding, piece.values()[i]) / scale);
            byte code = type.code(quotient);
            piece.codes()[i] = code;
            piece.restored()[i] = Narrow.to(result, type.number(code) * scale);
        }
    }

    @Override
    public double squaredSteps(Piece piece, int unit) {
        Blocks blocks = new Blocks(piece);
        double sum = 0;
        for (int i = unit * blocks.across; i < (unit + 1) * blocks.across; i++) {
            float scale = piece.scales()[i];
            for (int row = blocks.firstRow(i); row < blocks.endRow(i); row++) {
                for (int at = blocks.from(i, row); at < blocks.to(i, row); at++) {
                    double step = (double) type.step(piece.values()[at] / scale) * scale;
                    sum += step * step;
                }
            }
        }
        return sum;
    }

    /** Where the blocks of a piece lie, row of blocks by row of blocks. */
    private final class Blocks {
        private final int wide;
        private final int high;
        private final int across;

        Blocks(Piece piece) {
            wide = (int) Math.max(1, piece.shape().dimension(1));
            high = piece.count() / wide;
            across = across(wide);
        }

        int count() {
            return (high + rows - 1) / rows * across;
        }

        int firstRow(int index) {
            return index / across * rows;
        }

        int endRow(int index) {
            return Math.min(high, firstRow(index) + rows);
        }

        int from(int index, int row) {
            return row * wide + index % across * columns;
        }

        int to(int index, int row) {
            return columns == 0 ? (row + 1) * wide : Math.min((row + 1) * wide, from(index, row) + columns);
        }
    }
}
