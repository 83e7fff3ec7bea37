package io.graft.apply.features;

import io.graft.NamedTensor;
import java.nio.file.Path;
import java.util.List;

/**
 * Which features are wanted, and where they go.
 *
 * @param module path of the module whose outputs they are
 * @param inputs what the model is run on, the rows of all of them along the first axis; named as {@link io.graft.Forward} wants them
 * @param kept what goes into the file as it is, beside the features: labels, with as many rows
 * @param batchSize rows that the model is run on at once
 * @param output the file, in the format safetensors
 * @param overwrite whether it may exist
 */
public record FeatureRequest(
        String module,
        List<NamedTensor> inputs,
        List<NamedTensor> kept,
        int batchSize,
        Path output,
        boolean overwrite) {
    /** Rows that a model is run on at once where nobody says otherwise. */
    public static final int USUAL_BATCH = 32;

    /**
     * @throws IllegalArgumentException if the batch has no rows
     */
    public FeatureRequest {
        inputs = List.copyOf(inputs);
        kept = List.copyOf(kept);
        if (batchSize < 1) {
            throw new IllegalArgumentException("a batch has 1 row or more, not " + batchSize);
        }
    }
}
