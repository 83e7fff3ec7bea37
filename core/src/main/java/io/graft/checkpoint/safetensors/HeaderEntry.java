package io.graft.checkpoint.safetensors;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;

/**
 * One tensor of a header; ordered by where its data lie.
 *
 * @param begin first byte, from the start of the data
 * @param end the byte after the last
 */
record HeaderEntry(String name, DType dtype, Shape shape, long begin, long end) implements Comparable<HeaderEntry> {
    // Written out, since all are compared in a process that has just begun, where what a record has by itself is slow.
    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderEntry entry
                && begin == entry.begin
                && end == entry.end
                && dtype == entry.dtype
                && name.equals(entry.name)
                && shape.equals(entry.shape);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public int compareTo(HeaderEntry other) {
        return begin == other.begin ? Long.compare(end, other.end) : Long.compare(begin, other.begin);
    }
}
