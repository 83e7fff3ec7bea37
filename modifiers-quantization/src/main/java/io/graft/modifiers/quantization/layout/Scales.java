package io.graft.modifiers.quantization.layout;

import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.modifiers.quantization.layout.Quantization.Block;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Multiplies codes by their scales, of which one holds for the tensor, a row, or a block. */
final class Scales {
    /** Columns that share a scale in the microscaling formats. */
    private static final long MX = 32;

    private final Part codes;
    private final Part scale;
    private final Optional<Block> configured;

    /**
     * @param codes of rank 2, or more with leading axes, each place of which is a matrix of its own
     */
    Scales(Part codes, Part scale, Optional<Block> configured) {
        this.codes = codes;
        this.scale = scale;
        this.configured = configured;
    }

    /** How a scale lies over its codes. */
    record Spread(String words, Expression scales) {
        /** What bytes of a matrix are with it, if it holds for rows or for all of them. */
        Optional<IntegerCodes> ofBytes(Expression bytes) {
            Shape shape = bytes.shape();
            boolean fits = bytes.dtype() == DType.I8
                    && shape.rank() == 2
                    && (scales.shape().rank() == 0 || scales.shape().equals(Shape.of(shape.dimension(0), 1)));
            return fits ? Optional.of(new IntegerCodes(bytes, Byte.SIZE, List.of(scales))) : Optional.empty();
        }

        /**
         * The same, less zero points.
         *
         * @param points that lie as the scales do
         */
        Optional<IntegerCodes> ofBytes(Expression bytes, Expression points) {
            return ofBytes(bytes).map(codes -> CompressedValue.bytes(bytes, points, scales));
        }
    }

    /** The scale in a form that is broadcast over the codes. */
    Spread spread(String logical) throws Misfit {
        Expression leaf = TensorSet.leaf(logical, scale);
        Expression values = scale.dtype() == DType.U8 ? Codes.powers(leaf) : leaf;
        Shape shape = scale.shape();
        int rank = codes.shape().rank();
        if (shape.elementCount() == 1) {
            return new Spread("one scale", reshape(values, Shape.SCALAR));
        }
        if (rank < 2) {
            throw Misfit.ofShape("has the shape " + codes.shape() + ", and its scale " + shape);
        }
        long rows = codes.shape().dimension(rank - 2);
        if (rank == 2 && shape.equals(Shape.of(rows))) {
            return new Spread("one scale a row", reshape(values, Shape.of(rows, 1)));
        }
        if (shape.rank() != rank || !leading(shape).equals(leading(codes.shape()))) {
            throw Misfit.ofShape(
                    "has the shape " + codes.shape() + ", to which the scale's shape " + shape + " does not fit");
        }
        long gridRows = shape.dimension(rank - 2);
        long gridColumns = shape.dimension(rank - 1);
        if (gridColumns == 1 && (gridRows == rows || gridRows == 1)) {
            return new Spread(gridRows == 1 ? "one scale a matrix" : "one scale a row", values);
        }
        if (gridRows == 1 && gridColumns == rows && configured.isEmpty()) {
            throw Misfit.ofShape(
                    "has scales of the shape " + shape + ", which may be one a row or one for some columns");
        }
        return block(values, gridRows, gridColumns);
    }

    private static List<Long> leading(Shape shape) {
        return shape.dimensions().subList(0, shape.rank() - 2);
    }

    private Spread block(Expression values, long gridRows, long gridColumns) throws Misfit {
        int rank = codes.shape().rank();
        long rows = codes.shape().dimension(rank - 2);
        long columns = codes.shape().dimension(rank - 1);
        boolean isMx = gridRows == rows && gridColumns == parts(columns, MX);
        boolean hasPowers = scale.dtype() == DType.U8;
        Block block;
        if (configured.isPresent() && !(hasPowers && isMx)) {
            block = configured.get();
        } else if (isMx && (hasPowers || scale.dtype() == DType.F8_E8M0)) {
            block = new Block(1, MX);
        } else {
            block = inferred(rows, columns, gridRows, gridColumns);
        }
        long wantedRows = parts(rows, block.rows());
        long wantedColumns = parts(columns, block.columns());
        if (gridRows < wantedRows || gridColumns < wantedColumns) {
            throw Misfit.ofBlock("has " + shown(gridRows, gridColumns) + " scales, and the configured block of " + block
                    + " asks for " + shown(wantedRows, wantedColumns) + " over " + shown(rows, columns) + " codes");
        }
        Expression grid = cut(cut(values, rank - 2, wantedRows), rank - 1, wantedColumns);
        Expression tall = repeat(grid, rank - 2, block.rows(), rows);
        return new Spread("blocks of " + block, repeat(tall, rank - 1, block.columns(), columns));
    }

    /** What a padded grid has more is not used. */
    private static Expression cut(Expression grid, int axis, long length) {
        return grid.shape().dimension(axis) == length ? grid : slice(grid, axis, 0, length);
    }

    private static Block inferred(long rows, long columns, long gridRows, long gridColumns) throws Misfit {
        boolean fits = gridRows > 0
                && gridColumns > 0
                && rows % gridRows == 0
                && columns % gridColumns == 0
                && Long.bitCount(rows / gridRows) == 1
                && Long.bitCount(columns / gridColumns) == 1;
        if (!fits) {
            throw Misfit.ofBlock("is of " + shown(rows, columns) + " codes, and " + shown(gridRows, gridColumns)
                    + " scales do not determine the block");
        }
        return new Block(rows / gridRows, columns / gridColumns);
    }

    private static long parts(long length, long size) {
        return length / size + (length % size == 0 ? 0 : 1);
    }

    private static String shown(long rows, long columns) {
        return rows + " x " + columns;
    }

    /** What codes and scales stand for. */
    static Expression product(Expression codes, Expression scales, DType dtype) {
        return cast(multiply(codes, scales), dtype);
    }

    /** The stored tensors that say something of activations beside a weight, and have no part in it. */
    static List<Part> ofActivations(Part weight, StoredTensors stored) {
        List<Part> found = new ArrayList<>();
        for (String name : ACTIVATIONS) {
            stored.sibling(weight, name).ifPresent(found::add);
        }
        return found;
    }

    private static final List<String> ACTIVATIONS = List.of(
            "input_scale",
            "input_scale_ub",
            "input_global_scale",
            "input_zero_point",
            "activation_scale",
            "scale_input",
            "output_scale");
}
