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
    @Override
    public int compareTo(HeaderEntry other) {
        return begin == other.begin ? Long.compare(end, other.end) : Long.compare(begin, other.begin);
    }
}
