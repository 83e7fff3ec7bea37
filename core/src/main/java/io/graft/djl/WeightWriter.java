package io.graft.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.graft.checkpoint.DType;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The one place that writes values into live arrays: in place, natively, slab by slab, so that the array keeps its gradient, and
 * its identity for optimizers and for the modules that share it.
 */
final class WeightWriter {
    private final int slabLimit;
    private ByteBuffer staging = ByteBuffer.allocateDirect(0);

    WeightWriter() {
        this(Slab.LIMIT);
    }

    WeightWriter(int slabLimit) {
        this.slabLimit = slabLimit;
    }

    /**
     * Overwrites an array.
     *
     * @param values bytes of the array's own dtype and shape
     */
    void write(NDArray array, TensorData values) throws IOException {
        DType dtype = DataTypes.of(array.getDataType());
        DataType type = DataTypes.writable(dtype)
                .orElseThrow(() -> new IllegalArgumentException("DJL cannot write " + dtype + " arrays"));
        // Gradient mode is per thread, and where it is on, a leaf that requires gradients refuses in-place writes.
        boolean tracked = array.hasGradient();
        if (tracked) {
            array.setRequiresGradient(false);
        }
        try (NDManager scope = array.getManager().newSubManager(Device.cpu())) {
            for (Slab slab : Slab.of(array.getShape(), dtype.bits() / 8, slabLimit)) {
                ByteBuffer bytes = direct(values.window(slab.offset(), slab.length()));
                try (NDArray source = scope.create(bytes, slab.shape(), type)) {
                    array.set(slab.index(), source);
                }
            }
        } finally {
            if (tracked) {
                array.setRequiresGradient(true);
            }
        }
    }

    private ByteBuffer direct(ByteBuffer window) {
        if (window.isDirect()) {
            return window.slice(); // the engine starts at the buffer's address, whatever its position
        }
        if (staging.capacity() < window.remaining()) {
            staging = ByteBuffer.allocateDirect(window.remaining());
        }
        return staging.clear().put(window).flip();
    }
}
