package io.graft.checkpoint;

import io.graft.tensor.TensorData;
import java.io.IOException;

/** Tensor bytes that lie in a file, all of them and as they are. */
public interface FileBacked extends TensorData {
    /**
     * Where they lie.
     *
     * @throws IOException if the file cannot be read
     */
    FileRegion region() throws IOException;
}
