package io.graft.layer;

/** How a layer uses its weight. */
public enum LayerKind {
    /** A linear layer, whose weight is {@code [out, in]}. */
    LINEAR,
    /** A linear layer whose weight is {@code [in, out]}, as GPT-2's. */
    TRANSPOSED,
    /** A table of rows. */
    EMBEDDING,
    /** A convolution over one or more axes. */
    CONVOLUTION
}
