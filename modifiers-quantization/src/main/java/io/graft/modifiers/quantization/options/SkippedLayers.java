package io.graft.modifiers.quantization.options;

/** Layers that stay as they are even where they are named. */
public enum SkippedLayers {
    /** Normalizations. */
    NORMS,
    /** Tables of rows. */
    EMBEDDINGS,
    /** What computes the outputs of a language model or of a classifier, or has the weight of an embedding. */
    HEADS
}
