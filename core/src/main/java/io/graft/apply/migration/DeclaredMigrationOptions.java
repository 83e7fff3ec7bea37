package io.graft.apply.migration;

import io.graft.config.NotBlank;
import io.graft.model.rules.Rule;
import io.graft.model.tree.Selector;
import java.util.List;

/**
 * Options of a migration that is rules.
 *
 * @param rules what gives tensors other names, {@code { from = encoder, to = enc }}, or another structure, {@code { type = split, from =
 *     qkv, to = [q, k, v] }}; or the name of a table, {@code gemma-3}. A rule that fits nothing does nothing
 * @param metadata other keys for the metadata of the checkpoint
 * @param needs keys of the metadata, or of {@code config.json}, that the checkpoint must have; if one is missing, it stays as it is, with a
 *     warning
 * @param unless tensors, or modules with tensors, that only a checkpoint of the newer form has; one that has any of them stays as it is
 */
public record DeclaredMigrationOptions(
        List<Rule> rules, List<KeyRename> metadata, List<String> needs, List<Selector> unless) {
    /**
     * Another key for metadata.
     *
     * @param from a key, or the first segments of keys, of which the rest is kept; {@code *} stands for one segment or a part of one
     * @param to the new key; {@code $1} is what the first {@code *} of {@code from} stands for
     */
    public record KeyRename(@NotBlank String from, @NotBlank String to) {
        /**
         * @throws IllegalArgumentException if they are no pattern and no name for it
         */
        public KeyRename {
            // the constructor of a rule holds both against each other
            new Rule.Rename(from, to).naming();
        }
    }

    public DeclaredMigrationOptions {
        rules = List.copyOf(rules);
        metadata = List.copyOf(metadata);
        needs = List.copyOf(needs);
        unless = List.copyOf(unless);
    }
}
