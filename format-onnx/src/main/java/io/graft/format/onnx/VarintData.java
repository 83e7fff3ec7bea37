package io.graft.format.onnx;

import com.google.protobuf.CodedInputStream;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.CheckpointFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Elements that stand as numbers of variable length, as small tensors do.
 *
 * @param name of the tensor
 * @param runs where they stand, in order
 * @param width bytes of an element; a 16-bit or 8-bit floating-point number stands as its bits
 */
record VarintData(CheckpointFile file, String name, List<Initializer.Run> runs, int width, long byteCount)
        implements WholeData {
    @Override
    public ByteBuffer all() throws IOException {
        // A number takes a byte at least, so that a short file asks for little memory.
        long present = runs.stream().mapToLong(Initializer.Run::length).sum();
        if (byteCount / width > present) {
            throw wrongCount(present + " at most");
        }
        ByteBuffer elements = ByteBuffer.allocate(Math.toIntExact(byteCount)).order(ByteOrder.LITTLE_ENDIAN);
        long count = 0;
        for (Initializer.Run run : runs) {
            CodedInputStream in = CodedInputStream.newInstance(
                    file.data(run.offset(), run.length()).window(0, run.length()));
            for (; !in.isAtEnd(); count++) {
                long number = in.readRawVarint64();
                if (elements.remaining() >= width) {
                    put(number, elements);
                }
            }
        }
        if (count != byteCount / width) {
            throw wrongCount(Long.toString(count));
        }
        return elements.flip();
    }

    private void put(long number, ByteBuffer target) {
        switch (width) {
            case 1 -> target.put((byte) number);
            case 2 -> target.putShort((short) number);
            case 4 -> target.putInt((int) number);
            default -> target.putLong(number);
        }
    }

    private CheckpointException wrongCount(String found) {
        return new CheckpointException(
                Reason.MALFORMED,
                file.path(),
                "'" + name + "' has " + byteCount / width + " elements by its shape, and the file holds " + found,
                ModelReader.RESAVE);
    }
}
