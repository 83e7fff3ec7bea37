package io.graft.modifiers.lora.options;

import io.graft.config.Default;
import io.graft.config.NotBlank;
import io.graft.model.rules.Rule;
import java.util.List;
import java.util.Optional;

/**
 * Options of how the file of a trained adapter is read.
 *
 * @param prefix {@code auto} leaves out the beginning of the adapter's names that the model's lack, or adds the one that they have,
 *     where all of the adapter then fits, and reports it; {@code none} takes the names as they are; any other text is a beginning that
 *     is left out, or, if no name has it, added
 * @param rename rules that give the adapter's names those of the model, {@code { from = encoder, to = enc }}, before the prefix step; or
 *     the name of a table, which goes from the names on disk to those of the running model, so that an adapter of the running model
 *     needs {@code { table = vit, inverse = true }} for a checkpoint. Rules that move elements are an error
 * @param dialect the tool whose file the adapter is, {@code peft}, {@code kohya}, {@code diffusers}, {@code mlx}, {@code torchtune} or
 *     one that a jar brings, where several claim the file; if not given, the file tells
 */
public record AdapterFileOptions(
        @Default("auto") @NotBlank String prefix, List<Rule> rename, Optional<String> dialect) {
    public AdapterFileOptions {
        rename = List.copyOf(rename);
    }
}
