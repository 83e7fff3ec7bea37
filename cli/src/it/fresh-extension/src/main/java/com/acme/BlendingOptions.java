package com.acme;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;
import io.graft.config.Range;

/**
 * Options of the blending modifier.
 *
 * @param checkpointPath the other checkpoint
 * @param share of the other checkpoint in the result: 0 is the model as it is, 1 the other's weights
 */
public record BlendingOptions(
        CheckpointRef checkpointPath,
        @Default("0.5") @Range(min = 0, max = 1) double share) {}
