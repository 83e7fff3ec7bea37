package io.graft.checkpoint;

import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.TensorData;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The data of a stored tensor that are blocks of a format: no numbers for whoever wants some, and bytes for a file of that format.
 *
 * @param numbers is an error for whoever wants them
 * @param type of the blocks
 * @param bytes of the blocks
 */
public record BlockData(UnreadableData numbers, String type, TensorData bytes) implements TensorData {
    /** Why blocks are no tensor of a file that has none. */
    public static Refusal refusal(String type) {
        return new Refusal(
                "is quantized as " + type + ", in blocks that only a GGUF file holds",
                "write a GGUF file, or convert with a dtype first, as `graft convert IN OUT --dtype BF16` does");
    }

    @Override
    public long byteCount() {
        return numbers.byteCount();
    }

    @Override
    public ByteBuffer window(long offset, int length) {
        return numbers.window(offset, length);
    }

    @Override
    public void read(long offset, ByteBuffer target) {
        numbers.read(offset, target);
    }

    @Override
    public void transferTo(WritableByteChannel target) {
        numbers.transferTo(target);
    }
}
