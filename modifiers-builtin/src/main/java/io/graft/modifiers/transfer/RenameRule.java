package io.graft.modifiers.transfer;

import io.graft.config.NotBlank;
import io.graft.model.RenameRules;

/**
 * Gives entries of a checkpoint another name. The first rule in the list that fits an entry takes it, with every other rule
 * that has the same {@code from}: two of them copy the entry to two places.
 *
 * @param from the key of an entry, or of the module above it, whose remaining key is kept; {@code *} stands for one segment;
 *     or {@code re:} and a regular expression for all of such a key
 * @param to the name in the model, or of the module; {@code $1} stands for what the first {@code *} or the first group of the
 *     regular expression matched
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
