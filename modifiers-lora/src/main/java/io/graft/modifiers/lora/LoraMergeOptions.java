package io.graft.modifiers.lora;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Default;
import io.graft.config.Flatten;
import io.graft.config.Range;
import io.graft.modifiers.lora.options.AdapterFileOptions;
import java.util.Optional;

/**
 * Options of the lora-merge modifier.
 *
 * @param adapterPath the adapter as PEFT, kohya's scripts, diffusers, MLX or torchtune save it: a folder, or its file of tensors, by its
 *     path or a URI, beside which its configuration lies; or an object with {@code uri} or {@code path} and what has to hold, such as
 *     {@code sha256}, the digest of the file of tensors, and {@code section}, the model of a pipeline ({@code unet}) where the file
 *     has adapters for several
 * @param strict whether an entry of the adapter's own lists ({@code target_modules}, {@code modules_to_save},
 *     {@code rank_pattern}, {@code alpha_pattern} and others) that fits none of its tensors is an error; if not, it is a warning
 * @param weight how much of what the adapter changes counts, below 0 too; never 0
 * @param file how the file of the adapter is read
 * @param requantize whether quantized weights that the adapter changes are quantized again, with the settings that they have, so that the
 *     model keeps its format; if not, they become plain numbers. What is smaller than half the step of codes is lost
 *     then, and the report warns of it
 * @param maxError with {@code requantize}, the largest error of a weight that is put up with, relative to its norm; beyond it nothing is
 *     published
 */
public record LoraMergeOptions(
        CheckpointRef adapterPath,
        @Default("true") boolean strict,
        @Default("1.0") double weight,
        @Flatten AdapterFileOptions file,
        @Default("false") boolean requantize,
        @Range(min = 0) Optional<Double> maxError) {
    public LoraMergeOptions {
        if (weight == 0 || !Double.isFinite(weight)) {
            throw new IllegalArgumentException("the weight is " + weight + ", which merges nothing");
        }
        if (maxError.isPresent() && !requantize) {
            throw new IllegalArgumentException("max-error is of codes, and without requantize there are none");
        }
    }
}
