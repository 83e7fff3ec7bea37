package io.graft.migration;

import java.lang.module.ModuleDescriptor.Version;
import java.util.Optional;

/**
 * A migration at its place in the order.
 *
 * @param id what a checkpoint that has had it records
 * @param origin the jar or folder that its function comes from
 * @param signature tells it from another one under the same id: a digest of its type and options, but not of its code
 * @param since the first version of checkpoints that it is for
 * @param until the first version of checkpoints that have the newer form already
 */
public record MigrationStep(
        String id,
        String origin,
        String signature,
        Optional<Version> since,
        Optional<Version> until,
        CheckpointMigration migration) {
    /** Whether it is for checkpoints of a version; one that tells none is older than all that tell one. */
    boolean isFor(Optional<Version> version) {
        boolean isOldEnough =
                until.isEmpty() || version.isEmpty() || version.get().compareTo(until.get()) < 0;
        boolean isNewEnough =
                since.isEmpty() || (version.isPresent() && version.get().compareTo(since.get()) >= 0);
        return isOldEnough && isNewEnough;
    }

    /** The bounds, in words. */
    String bounds() {
        String from = since.map(version -> "from " + version + " on").orElse("");
        String to = until.map(version -> "before " + version).orElse("");
        return from + (from.isEmpty() || to.isEmpty() ? "" : " and ") + to;
    }
}
