package io.graft.checkpoint.pytorch.storage;

import java.util.List;

/** Walks the elements of a tensor in row-major order, and tells where in its storage each of them lies. */
final class StrideWalk {
    private final long[] size;
    private final long[] stride;
    private final long[] index;
    private long position;

    /**
     * @param offset the tensor's first element in the storage
     * @param size elements per dimension, none of them zero
     * @param stride steps per dimension, in elements
     * @param first where in row-major order to begin
     */
    StrideWalk(long offset, List<Long> size, List<Long> stride, long first) {
        this.size = size.stream().mapToLong(Long::longValue).toArray();
        this.stride = stride.stream().mapToLong(Long::longValue).toArray();
        this.index = new long[this.size.length];
        this.position = offset;
        long rest = first;
        for (int d = index.length - 1; d >= 0; d--) {
            index[d] = rest % this.size[d];
            rest /= this.size[d];
            position += index[d] * this.stride[d];
        }
    }

    /** The place of the next element, counted in elements; behind the last one it starts again. */
    long next() {
        long here = position;
        for (int d = index.length - 1; d >= 0; d--) {
            position += stride[d];
            if (++index[d] < size[d]) {
                break;
            }
            position -= size[d] * stride[d];
            index[d] = 0;
        }
        return here;
    }
}
