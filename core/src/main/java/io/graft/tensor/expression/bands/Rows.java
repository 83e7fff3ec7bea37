package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Numbers;
import java.util.Optional;

/** The rows of matrices as arrays that begin with the row, which loops over columns take best. */
final class Rows {
    private final Whole elements;
    private final int length;
    private final Optional<Numbers[]> rows;

    /**
     * @param length of a row, at least 1
     */
    Rows(Whole elements, int length) {
        this.elements = elements;
        this.length = length;
        this.rows = elements.numbers().map(all -> {
            Numbers[] each = new Numbers[all.size() / length];
            for (int row = 0; row < each.length; row++) {
                each[row] = Numbers.of(all.kind(), length);
                each[row].copy(0, all, row * length, length);
            }
            return each;
        });
    }

    /**
     * One of the rows.
     *
     * @param room to put it into if it is not in memory
     */
    Numbers row(long row, Numbers room) {
        if (rows.isPresent()) {
            return rows.get()[(int) row];
        }
        elements.gather(room, 0, row * length, 1, length);
        return room;
    }

    boolean areInMemory() {
        return rows.isPresent();
    }
}
