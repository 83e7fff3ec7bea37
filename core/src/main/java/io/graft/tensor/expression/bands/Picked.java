package io.graft.tensor.expression.bands;

import java.util.Optional;

/**
 * Rows of a table by indices, both in memory, each element looked up when it is looked at.
 *
 * @param indices inside the table
 * @param width of a row
 */
record Picked(Numbers table, Numbers indices, int width, long count) implements Whole {
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
        for (int i = 0; i < number; i++) {
            long element = first + i * step;
            int row = (int) indices.longs()[(int) (element / width)];
            to.copy(at + i, table, row * width + (int) (element % width), 1);
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
