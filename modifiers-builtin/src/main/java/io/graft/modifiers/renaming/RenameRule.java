package io.graft.modifiers.renaming;

import io.graft.config.NotBlank;
import io.graft.model.RenameRules;

/**
 * Gives tensors of the model another name. The first rule in the list that fits a tensor takes it.
 *
 * @param from the name of a tensor, or of the module above it, whose remaining name is kept; {@code *} stands for one segment or
 *     a part of one; or {@code re:} and a regular expression for all of such a name
 * @param to the new name of the tensor, or of the module; {@code $1} stands for what the first {@code *} or the first group of
 *     the regular expression matched
 */
public record RenameRule(@NotBlank String from, @NotBlank String to) {
    /**
     * @throws IllegalArgumentException if {@code from} is no pattern or {@code to} refers to a group that it has not
     */
    public RenameRule {
        new RenameRules.Rule(from, to);
    }

    RenameRules.Rule rule() {
        return new RenameRules.Rule(from, to);
    }
}
