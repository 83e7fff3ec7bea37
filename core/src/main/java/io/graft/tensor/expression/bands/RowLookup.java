package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;

/**
 * Rows of a table that is computed or read as they are needed.
 *
 * @param table {@code [rows, width]}
 * @param indices all of them, inside the table
 */
record RowLookup(Step table, Numbers indices, long width) implements Step {
    @Override
    public Kind kind() {
        return table.kind();
    }

    @Override
    public List<Step> operands() {
        return List.of(table);
    }

    @Override
    public Range reach(int operand, Range range) {
        Range rows = range.rows(width);
        if (rows.count() == 1) {
            long shift = (index(rows.first()) - rows.first()) * width;
            return new Range(range.first() + shift, range.end() + shift);
        }
        Range reached = Range.EMPTY;
        for (long row = rows.first(); row < rows.end(); row++) {
            reached = reached.hull(new Range(index(row) * width, (index(row) + 1) * width));
        }
        return reached;
    }

    private long index(long row) {
        return indices.longs()[(int) row];
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            int count = (int) range.count();
            for (int done = 0; done < count; ) {
                long at = range.first() + done;
                long column = at % width;
                int next = (int) Math.min(count - done, width - column);
                operands[0].gather(to, done, index(at / width) * width + column, 1, next);
                done += next;
            }
        };
    }
}
