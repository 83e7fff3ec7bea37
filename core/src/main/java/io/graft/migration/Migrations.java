package io.graft.migration;

import java.lang.module.ModuleDescriptor.Version;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The migrations of a family of models, in their order, and how its checkpoints tell which of them they have had.
 *
 * @param steps each with an id of its own
 * @param history keys of metadata whose texts are ids of migrations that others have applied, with {@code *} for one segment
 * @param versionFrom the key of metadata, or of {@code config.json}, under which a checkpoint tells its version
 * @param current the version of the model's code; checkpoints of newer ones are refused
 */
public record Migrations(
        List<MigrationStep> steps, Optional<String> history, Optional<String> versionFrom, Optional<Version> current) {
    /** None; checkpoints stay as they are. */
    public static final Migrations NONE =
            new Migrations(List.of(), Optional.empty(), Optional.empty(), Optional.empty());

    public Migrations {
        steps = List.copyOf(steps);
    }

    /** Whether there is nothing to do for any checkpoint. */
    public boolean isEmpty() {
        return steps.isEmpty() && current.isEmpty();
    }

    /**
     * Migrates a checkpoint: what it has not had yet, in order.
     *
     * @param uri the checkpoint, as reports name it
     * @throws MigrationException if it has had a migration that is none of these, is of a version newer than the code, would be changed
     *     by one that comes before another which it has had, or if a migration fails
     */
    public Migrated migrate(String uri, CheckpointState checkpoint) {
        return new Migrating(this, uri, checkpoint).run();
    }

    /** Ids of migrations that others have recorded in metadata. */
    List<String> foreign(Map<String, String> metadata) {
        if (history.isEmpty()) {
            return List.of();
        }
        Pattern key = Pattern.compile(Pattern.compile("\\.")
                .splitAsStream(history.get())
                .map(segment -> segment.equals("*") ? "[^.]+" : Pattern.quote(segment))
                .collect(Collectors.joining("\\.")));
        return metadata.entrySet().stream()
                .filter(entry -> key.matcher(entry.getKey()).matches())
                .map(Map.Entry::getValue)
                .distinct()
                .sorted()
                .toList();
    }
}
