package io.graft.checkpoint.gguf;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.layout.TensorSet;
import java.util.List;
import java.util.Map;

/**
 * What the header of one file says.
 *
 * @param alignment of tensors
 * @param pairs in their order
 * @param metadata their values, for people
 * @param tensors as they lie in the file, in its order
 * @param quantized those that are blocks
 */
record GgufFile(
        CheckpointFile file,
        int version,
        int alignment,
        List<GgufPair> pairs,
        Map<String, String> metadata,
        Map<String, TensorEntry> tensors,
        List<TensorSet> quantized) {}
