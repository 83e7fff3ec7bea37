package io.graft.tensor.expression.bands;

/**
 * Elements that follow each other in a tensor.
 *
 * @param end after the last
 */
record Range(long first, long end) {
    static final Range EMPTY = new Range(0, 0);

    long count() {
        return end - first;
    }

    boolean isEmpty() {
        return first >= end;
    }

    boolean contains(Range other) {
        return other.isEmpty() || (first <= other.first && other.end <= end);
    }

    /** The least range that contains both. */
    Range hull(Range other) {
        if (isEmpty()) {
            return other;
        }
        return other.isEmpty() || contains(other)
                ? this
                : new Range(Math.min(first, other.first), Math.max(end, other.end));
    }

    /** The rows that hold the elements, as a range of rows. */
    Range rows(long length) {
        return isEmpty() || length == 0 ? EMPTY : new Range(first / length, (end - 1) / length + 1);
    }

    /** Elements of such rows. */
    Range times(long length) {
        return new Range(first * length, end * length);
    }
}
