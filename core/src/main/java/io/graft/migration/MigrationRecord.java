package io.graft.migration;

import java.util.List;
import java.util.Map;

/**
 * What became of a migration for one checkpoint.
 *
 * @param id of the migration
 * @param origin the jar or folder that its function comes from
 * @param detail why it was not applied, in words; empty if it was
 * @param renamed names of tensors that have another one now, by the one before
 * @param made names of tensors that are made of others, or have other values
 * @param removed names of tensors that are gone
 * @param metadata keys of the metadata that have another text now, or are new or gone
 */
public record MigrationRecord(
        String id,
        String origin,
        Outcome outcome,
        String detail,
        Map<String, String> renamed,
        List<String> made,
        List<String> removed,
        List<String> metadata) {
    /** What became of it; reports have the name in kebab-case. */
    public enum Outcome {
        /** It changed the checkpoint. */
        APPLIED,
        /** The checkpoint has the form already. */
        UNCHANGED,
        /** The checkpoint records that it has had it. */
        RECORDED,
        /** It is for checkpoints of other versions. */
        OUT_OF_BOUNDS,
        /** The checkpoint lacks what it needs. */
        NOT_APPLICABLE
    }

    public MigrationRecord {
        made = List.copyOf(made);
        removed = List.copyOf(removed);
        metadata = List.copyOf(metadata);
    }
}
