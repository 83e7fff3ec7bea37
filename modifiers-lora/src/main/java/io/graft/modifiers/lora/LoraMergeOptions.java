package io.graft.modifiers.lora;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;

/**
 * Options of the lora-merge modifier.
 *
 * @param adapterPath the adapter as PEFT saves it: a folder with {@code adapter_config.json} and
 *     {@code adapter_model.safetensors} or {@code adapter_model.bin}; or the file of tensors, by its path or a URI, beside which
 *     its configuration lies; or an object with {@code uri} or {@code path} and what has to hold, such as {@code sha256}, the
 *     digest of the file of tensors
 * @param strict whether an entry of the adapter's own lists ({@code target_modules}, {@code modules_to_save},
 *     {@code rank_pattern}, {@code alpha_pattern}) that fits none of its tensors is an error; if not, it is a warning
 */
public record LoraMergeOptions(
        CheckpointRef adapterPath, @Default("true") boolean strict) {}
