package com.example.loha;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;

/**
 * Options of the modifier that merges LoHa adapters.
 *
 * @param adapterPath the adapter's file of tensors
 * @param alpha what the updates are multiplied by, divided by their rank
 * @param prefix what stands before the names of the model's modules in the file; PEFT's by default
 */
public record LohaMergeOptions(
        CheckpointRef adapterPath,
        @Default("8") double alpha,
        @Default("base_model.model.") String prefix) {}
