package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Rows of a table by indices, both in memory, each element looked up when it is looked at.
 *
 * @param indices inside the table
 * @param width of a row
 */
record Picked(Numbers table, Numbers indices, int width, long count) implements Whole {
    static Picked of(Numbers table, Numbers indices, long rows, int width, long count) {
        return new Picked(table, inside(indices, rows), width, count);
    }

    /** Indices, if all are rows of the table. */
    static Numbers inside(Numbers indices, long rows) {
        try {
            for (long index : indices.longs()) {
                TableLookup.require(index, rows);
            }
            return indices;
        } catch (IOException outside) {
            throw new UncheckedIOException(outside);
        }
    }

    @Override
    public Kind kind() {
        return table.kind();
    }

    @Override
    public Optional<Numbers> numbers() {
        return Optional.empty();
    }

    @Override
    public void gather(Numbers to, int at, long first, long step, int number) {
        if (step % width == 0 && kind() == Kind.FLOATS) {
            column(to.floats(), at, (int) (first / width), (int) (step / width), (int) (first % width), number);
            return;
        }
        for (int i = 0; i < number; i++) {
            long element = first + i * step;
            int row = (int) indices.longs()[(int) (element / width)];
            to.copy(at + i, table, row * width + (int) (element % width), 1);
        }
    }

    private void column(float[] to, int at, int first, int step, int column, int number) {
        float[] values = table.floats();
        long[] rows = indices.longs();
        for (int i = at, place = first; i < at + number; i++, place += step) {
            to[i] = values[(int) rows[place] * width + column];
        }
    }

    @Override
    public Step step() {
        return new TableLookup(
                Held.of(table, (long) table.size()),
                Held.of(indices, (long) indices.size()),
                width == 0 ? 0 : table.size() / width,
                width);
    }
}
