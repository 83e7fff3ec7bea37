package io.graft.format.onnx;

import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Elements that do not lie in a row, as those of small tensors may: all are read when any is asked for. */
interface WholeData extends TensorData {
    /** All of them. */
    ByteBuffer all() throws IOException;

    @Override
    default ByteBuffer window(long offset, int length) throws IOException {
        return TensorData.of(all()).window(offset, length);
    }

    @Override
    default void transferTo(WritableByteChannel target) throws IOException {
        TensorData.of(all()).transferTo(target);
    }
}
