package io.graft.djl.array;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.nio.ByteBuffer;

/**
 * Some rows of a live array, opened as bytes: the one way by which values get into one, in place, so that the array keeps its
 * gradient, and its identity for optimizers and for the modules that share it. The bytes are the array's own memory where the rows
 * lie in it one after the other; the engine copies rows of a strided array, and of one on another device. They are valid until the
 * slab is closed.
 */
public final class ArraySlab implements AutoCloseable {
    /** The largest power of two. */
    private static final int ADDRESSES = 1 << 30;

    private final NDManager scope;
    private final NDArray array;
    private final Slab slab;
    private final ByteBuffer bytes;
    private final boolean copied;

    private ArraySlab(NDManager scope, NDArray array, Slab slab) {
        this.scope = scope;
        this.array = array;
        this.slab = slab;
        array.attach(scope);
        NDArray rows = slab.whole() ? array : array.get(scope, slab.index());
        int before = scope.getManagedArrays().size();
        this.bytes = rows.toByteBuffer(true);
        // The engine does not tell whether it copied, but a copy is one more array.
        this.copied = scope.getManagedArrays().size() > before;
    }

    public static ArraySlab open(NDArray array, Slab slab) {
        // Not below the model's manager: whoever closes that meanwhile must not free memory that is being written to.
        NDManager scope = array.getManager().getEngine().newBaseManager(Device.cpu());
        try {
            // The same memory without gradients: a leaf that requires them may refuse to be written in place.
            return new ArraySlab(scope, array.stopGradient(), slab);
        } catch (RuntimeException | Error failure) {
            scope.close();
            throw failure;
        }
    }

    /** Whether the bytes are a copy, which becomes the array's values when it is stored. */
    public boolean isCopy() {
        return copied;
    }

    /** Whether writing to the one could change the other. */
    public boolean mayShareMemory(ArraySlab other) {
        if (copied || other.copied) {
            return true;
        }
        // Java tells the lower bits of an address, so two that are far apart may seem to overlap.
        int distance =
                (other.bytes.alignmentOffset(0, ADDRESSES) - bytes.alignmentOffset(0, ADDRESSES)) & (ADDRESSES - 1);
        return distance < bytes.capacity() || distance > ADDRESSES - other.bytes.capacity();
    }

    /** The bytes in row-major order, from position 0. */
    public ByteBuffer bytes() {
        return bytes.duplicate().order(bytes.order());
    }

    /** Makes what the bytes are now the values of the array, for the engine too. */
    public void store() {
        if (copied || slab.shape().isScalar()) {
            try (NDArray source = scope.create(bytes(), slab.shape(), array.getDataType())) {
                array.set(slab.index(), source);
            }
        } else {
            // Without this write the engine would take the old values, which a backward pass may need, for still there.
            array.set(new NDIndex("0:0"), 0);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
