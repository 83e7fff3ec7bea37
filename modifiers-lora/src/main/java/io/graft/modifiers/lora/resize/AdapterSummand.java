package io.graft.modifiers.lora.resize;

import java.nio.file.Path;

/**
 * An adapter of a sum.
 *
 * @param adapter the folder that it was saved to, or its file of tensors
 * @param weight how often its updates count, below 0 too
 */
public record AdapterSummand(Path adapter, double weight) {
    /**
     * @throws IllegalArgumentException if it would count for nothing
     */
    public AdapterSummand {
        if (weight == 0 || !Double.isFinite(weight)) {
            throw new IllegalArgumentException("the weight is " + weight + ", which adds nothing");
        }
    }
}
