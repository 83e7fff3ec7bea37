package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Rows of a table that is there as a whole.
 *
 * @param table {@code [rows, width]}
 */
record TableLookup(Held table, Step indices, long rows, int width) implements Step {
    @Override
    public Kind kind() {
        return table.kind();
    }

    @Override
    public List<Step> operands() {
        return List.of(table, indices);
    }

    @Override
    public Range reach(int operand, Range range) {
        return operand == 0 ? new Range(0, rows * width) : range.rows(width);
    }

    @Override
    public Optional<Step> turned(Turn turn) {
        if (width == 1) {
            return turn.of(indices).map(each -> new TableLookup(table, each, rows, 1));
        }
        Optional<Numbers> values = table.elements().numbers();
        if (width == 0 || values.isEmpty()) {
            return Optional.empty();
        }
        long count = turn.order().count();
        return turn.whole(indices, count / width)
                .numbers()
                .map(known -> new View(new Held(Picked.of(values.get(), known, rows, width, count)), turn.order()));
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            int count = (int) range.count();
            long[] row = operands[1].numbers().longs();
            if (width == 1 && kind() == Kind.FLOATS && operands[0].numbers() != null) {
                lookUp(operands[0].numbers().floats(), row, operands[1].at(range.first()), to.floats(), count);
                return;
            }
            for (int done = 0; done < count; ) {
                long at = range.first() + done;
                int column = (int) (at % width);
                int next = Math.min(count - done, width - column);
                long first = require(row[operands[1].at(at / width)], rows) * width + column;
                operands[0].gather(to, done, first, 1, next);
                done += next;
            }
        };
    }

    private void lookUp(float[] values, long[] index, int first, float[] to, int count) throws IOException {
        int most = (int) Math.min(rows, values.length);
        for (int i = 0; i < count; i++) {
            long row = index[first + i];
            if (row < 0 || row >= most) {
                require(row, rows);
            }
            to[i] = values[(int) row];
        }
    }

    /** An index that is inside the table. */
    static long require(long index, long rows) throws IOException {
        if (index < 0 || index >= rows) {
            throw new IOException("a lookup asks for row " + index + " of a table that has " + rows);
        }
        return index;
    }
}
