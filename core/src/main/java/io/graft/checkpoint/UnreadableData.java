package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * The data of a stored tensor that is listed and cannot be read: an error for whoever wants them, see {@link TensorEntry#refusal}.
 *
 * @param file the file that holds it
 * @param name the tensor's
 * @param refusal why, as a sentence that goes on after the name, and what to do
 * @param byteCount bytes of the tensor that the entry describes
 */
public record UnreadableData(Path file, String name, Refusal refusal, long byteCount) implements TensorData {
    @Override
    public ByteBuffer window(long offset, int length) {
        throw exception();
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        throw exception();
    }

    @Override
    public void transferTo(WritableByteChannel target) {
        throw exception();
    }

    private CheckpointException exception() {
        return new CheckpointException(
                Reason.UNSUPPORTED, file, "`" + TensorName.printable(name) + "` " + refusal.reason(), refusal.help());
    }
}
