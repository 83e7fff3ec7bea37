package io.graft.modifiers.lora;

import io.graft.config.Default;
import java.nio.file.Path;

/**
 * Options of the lora-merge modifier.
 *
 * @param adapterPath the adapter as PEFT saves it: a folder with {@code adapter_config.json} and
 *     {@code adapter_model.safetensors} or {@code adapter_model.bin}, or the file of tensors beside its configuration
 * @param strict whether an entry of the adapter's own lists ({@code target_modules}, {@code modules_to_save},
 *     {@code rank_pattern}, {@code alpha_pattern}) that fits none of its tensors is an error; if not, it is a warning
 */
public record LoraMergeOptions(
        Path adapterPath, @Default("true") boolean strict) {}
