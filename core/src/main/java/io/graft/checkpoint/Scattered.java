package io.graft.checkpoint;

import io.graft.tensor.TensorData;
import java.util.List;

/** Tensor bytes that lie in several files, or in several places of one. */
public interface Scattered extends TensorData {
    /** Where they lie, in the order of the tensor's elements. */
    List<ByteRange> ranges();
}
