package io.graft.tensor.expression.bands.numbers;

/**
 * Elements that follow each other in a tensor.
 *
 * @param end after the last
 */
public record Range(long first, long end) {
    /** No elements. */
    public static final Range EMPTY = new Range(0, 0);

    /** How many there are. */
    public long count() {
        return end - first;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return first >= end;
    }

    /** Whether all of another are among them. */
    public boolean contains(Range other) {
        return other.isEmpty() || (first <= other.first && other.end <= end);
    }

    /** The least range that contains both. */
    public Range hull(Range other) {
        if (isEmpty()) {
            return other;
        }
        return other.isEmpty() || contains(other)
                ? this
                : new Range(Math.min(first, other.first), Math.max(end, other.end));
    }

    /** The rows that hold the elements, as a range of rows. */
    public Range rows(long length) {
        return isEmpty() || length == 0 ? EMPTY : new Range(first / length, (end - 1) / length + 1);
    }

    /** Elements of such rows. */
    public Range times(long length) {
        return new Range(first * length, end * length);
    }
}
