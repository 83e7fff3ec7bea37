package io.graft.checkpoint.gguf;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** The blocks of a quantized tensor, which are counted and not handed out. */
record QuantizedData(Path file, String name, String type, long byteCount) implements TensorData {
    static final String HELP = "give the checkpoint that the file was made from";

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
                Reason.UNSUPPORTED, file, "`" + TensorName.printable(name) + "` " + reason(type), HELP);
    }

    /** Why there are no values, as a sentence that goes on after the tensor's name. */
    static String reason(String type) {
        return "is quantized as " + type + ", which Graft does not read";
    }
}
