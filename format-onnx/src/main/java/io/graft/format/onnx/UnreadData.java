package io.graft.format.onnx;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * The data of a tensor that is listed and cannot be read: an error for whoever wants them.
 *
 * @param reason why, as the end of a sentence
 */
record UnreadData(Path file, String name, String reason, long byteCount) implements TensorData {
    @Override
    public ByteBuffer window(long offset, int length) {
        throw refusal();
    }

    @Override
    public void transferTo(WritableByteChannel target) {
        throw refusal();
    }

    private CheckpointException refusal() {
        return new CheckpointException(
                Reason.UNSUPPORTED, file, "'" + name + "' " + reason, "export the model in floating point");
    }
}
