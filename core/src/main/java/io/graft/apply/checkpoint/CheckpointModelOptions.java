package io.graft.apply.checkpoint;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.tree.Selector;
import java.util.List;

/**
 * Which checkpoint is modified.
 *
 * @param checkpoint the checkpoint: a file, a folder or a URL, or an object with one of them and what has to hold
 * @param buffers tensors of it that are buffers, which are never trained, beside those that the file tells of
 */
public record CheckpointModelOptions(CheckpointRef checkpoint, List<Selector> buffers) {
    public CheckpointModelOptions {
        buffers = List.copyOf(buffers);
    }
}
