package io.graft.tensor.expression;

import java.util.Map;
import java.util.Optional;

/**
 * How some rows of a tensor are computed from the same rows of what it is computed from: a layer that looks rows up needs no others. What
 * is the same for all rows is computed as a whole, and so is what is small beside the tensor and has its rows in another way.
 *
 * <p>In {@link #rows}, every node that differs from row to row has an axis of rows before its own. It has the length 1 there, and that of
 * the rows that are looked up where it is run: whoever runs it makes the first axis of each reshape as long as it comes out.
 */
public final class RowExpression {
    private final Expression rows;
    private final Map<String, Expression> parts;

    private RowExpression(Expression rows, Map<String, Expression> parts) {
        this.rows = rows;
        this.parts = Map.copyOf(parts);
    }

    /**
     * Of a tensor of at least two rows.
     *
     * @return empty if its rows cannot be computed by themselves
     */
    public static Optional<RowExpression> of(Expression value) {
        if (value.shape().rank() == 0 || value.shape().dimension(0) < 2) {
            return Optional.empty();
        }
        RowCutter cutter = new RowCutter(value.shape());
        return cutter.evaluate(value).rows().map(rows -> new RowExpression(rows, cutter.parts()));
    }

    /** {@code [1, 1, ...]} for a tensor {@code [rows, ...]}. */
    public Expression rows() {
        return rows;
    }

    /**
     * What an owned tensor of {@link #rows} has the rows of, one after the other in the order of its elements.
     *
     * @return empty if the slot is that of a tensor itself, which is read as a whole
     */
    public Optional<Expression> part(String slot) {
        return Optional.ofNullable(parts.get(slot));
    }
}
