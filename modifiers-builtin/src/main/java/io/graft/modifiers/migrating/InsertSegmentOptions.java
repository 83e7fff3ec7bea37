package io.graft.modifiers.migrating;

import io.graft.config.Default;
import io.graft.config.NotBlank;
import java.util.List;

/**
 * Options of the migration that inserts a segment into names.
 *
 * @param segment what is inserted
 * @param after the modules behind whose names it is inserted, as whole paths: {@code [model.model.encoder, model.model.decoder]}
 * @param metadata keys of the metadata behind which it is inserted, too: {@code [hyper_parameters.data_indices]}
 */
public record InsertSegmentOptions(
        @Default("data") @NotBlank String segment, List<String> after, List<String> metadata) {
    public InsertSegmentOptions {
        after = List.copyOf(after);
        metadata = List.copyOf(metadata);
    }
}
