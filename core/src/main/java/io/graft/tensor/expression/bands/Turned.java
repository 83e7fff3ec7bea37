package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Order;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;

/**
 * Elements that may be looked at in any order, in another than they lie in. Where neighbours of the result lie far apart, several rows of
 * it are taken at a time: what lies beside an element belongs to the next rows.
 *
 * @param order without gaps
 */
record Turned(Whole elements, Order order) implements Step {
    /** Rows at a time, of which elements beside each other fill a line of the processor's cache. */
    private static final long ROWS = 16;

    /** Most elements of these rows, so that they stay in the cache. */
    private static final long MOST = 1 << 17;

    private static final int COLUMNS = 64;

    @Override
    public Kind kind() {
        return elements.kind();
    }

    @Override
    public List<Step> operands() {
        return List.of();
    }

    @Override
    public Range reach(int operand, Range range) {
        throw new IllegalStateException("has no operands");
    }

    @Override
    public Work work() {
        int last = order.sizes().size() - 1;
        int beside = last;
        for (int axis = last - 1; axis >= 0; axis--) {
            beside = order.strides().get(axis) < order.strides().get(beside) ? axis : beside;
        }
        Order columns = axes(beside + 1, last + 1, 0);
        long rows = Math.min(order.sizes().get(beside), Math.min(ROWS, MOST / Math.max(1, columns.count())));
        return beside == last || rows < 2
                ? this::oneByOne
                : new Tile(axes(0, beside + 1, order.offset()), columns, rows);
    }

    private Order axes(int from, int to, long offset) {
        return new Order(order.sizes().subList(from, to), order.strides().subList(from, to), offset);
    }

    private void oneByOne(Range range, Piece result, Piece[] operands) {
        Numbers to = result.room(range);
        order.walk(range, (done, from, stride, length) -> elements.gather(to, done, from, stride, length));
    }

    /** One thread's rows. */
    private final class Tile implements Work {
        private final Order rows;
        private final Order columns;
        private final long most;
        private final long width;
        private final Numbers tile;
        private final Numbers some;
        private Range held = Range.EMPTY;

        /**
         * @param rows the elements at their start
         * @param most of them at a time
         */
        Tile(Order rows, Order columns, long most) {
            this.rows = rows;
            this.columns = columns;
            this.most = most;
            this.width = columns.count();
            this.tile = Numbers.of(kind(), (int) (most * width));
            this.some = Numbers.of(kind(), (int) (most * COLUMNS));
        }

        @Override
        public void compute(Range range, Piece result, Piece[] operands) {
            Numbers to = result.room(range);
            int count = (int) range.count();
            for (int done = 0; done < count; ) {
                long at = range.first() + done;
                long row = at / width;
                if (row < held.first() || row >= held.end()) {
                    hold(row);
                }
                int next = (int) Math.min(count - done, width - at % width);
                to.copy(done, tile, (int) ((row - held.first()) * width + at % width), next);
                done += next;
            }
        }

        private void hold(long row) {
            int last = rows.sizes().size() - 1;
            long place = row % rows.sizes().get(last);
            long first = row - place % most;
            int height = (int) Math.min(most, rows.sizes().get(last) - (place - place % most));
            long start = rows.at(first);
            long apart = rows.strides().get(last);
            columns.walk(new Range(0, width), (done, from, stride, length) -> {
                for (int at = 0; at < length; at += COLUMNS) {
                    int next = Math.min(COLUMNS, length - at);
                    for (int i = 0; i < next; i++) {
                        elements.gather(some, i * height, start + from + (at + i) * stride, apart, height);
                    }
                    for (int i = 0; i < height; i++) {
                        tile.gather((int) (i * width) + done + at, some, i, height, next);
                    }
                }
            });
            held = new Range(first, first + height);
        }
    }
}
