package io.graft.checkpoint.write;

import io.graft.checkpoint.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A state dict to be written.
 *
 * @param tensors in the order in which they are written
 * @param metadata texts for the file, where its format has a place for them
 * @param origin the file of whose tensors these are others, with all that it says beside them; empty if what it says does not hold
 */
public record OutputStateDict(List<OutputTensor> tensors, Map<String, String> metadata, Optional<Path> origin) {
    public OutputStateDict {
        tensors = List.copyOf(tensors);
        metadata = Map.copyOf(metadata);
    }

    /**
     * The same, of which somebody is told how far its writing is, whenever the turn of a tensor comes.
     *
     * @param part of it that is written
     */
    public OutputStateDict watchedBy(Progress progress, Part part) {
        return new OutputStateDict(WatchedTensors.of(tensors, progress, part.isWhole()), metadata, origin);
    }

    /** Of tensors that nothing else is said of. */
    public OutputStateDict(List<OutputTensor> tensors, Map<String, String> metadata) {
        this(tensors, metadata, Optional.empty());
    }

    /** Without metadata. */
    public OutputStateDict(List<OutputTensor> tensors) {
        this(tensors, Map.of());
    }
}
