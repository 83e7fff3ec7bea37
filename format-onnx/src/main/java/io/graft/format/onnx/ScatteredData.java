package io.graft.format.onnx;

import io.graft.checkpoint.CheckpointFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Elements that were written in several runs, or one by one, as protobuf allows.
 *
 * @param runs where they stand, in order; they fill the tensor
 */
record ScatteredData(CheckpointFile file, List<Initializer.Run> runs, long byteCount) implements WholeData {
    @Override
    public ByteBuffer all() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(byteCount));
        for (Initializer.Run run : runs) {
            file.data(run.offset(), run.length()).read(0, bytes.slice(bytes.position(), run.length()));
            bytes.position(bytes.position() + run.length());
        }
        return bytes.flip();
    }
}
