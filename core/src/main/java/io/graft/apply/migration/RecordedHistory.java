package io.graft.apply.migration;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.migration.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The migrations that a checkpoint has had, where its own format has no place for them and the manifest beside it tells them. */
public final class RecordedHistory {
    private RecordedHistory() {}

    /**
     * The checkpoint, whose metadata tell of its migrations.
     *
     * @param folder that it lies in on this machine
     */
    public static Checkpoint told(Checkpoint checkpoint, Optional<Path> folder) {
        if (checkpoint.metadata().containsKey(History.KEY)) {
            return checkpoint;
        }
        return folder.map(beside -> beside.resolve(ModelFiles.MANIFEST))
                .filter(Files::isRegularFile)
                .map(manifest -> ModelConfiguration.of(manifest).values())
                .filter(manifest -> isAbout(manifest, checkpoint.path()))
                .map(manifest -> history(manifest.get("history")))
                .filter(history -> !history.had().isEmpty())
                .map(history -> {
                    Map<String, String> metadata = new HashMap<>(checkpoint.metadata());
                    metadata.put(History.KEY, history.text());
                    return checkpoint.withMetadata(metadata);
                })
                .orElse(checkpoint);
    }

    /** Whether a manifest names the file among those that it was written with. */
    private static boolean isAbout(Map<String, Object> manifest, Path file) {
        return manifest.get("outputs") instanceof List<?> outputs
                && outputs.stream()
                        .anyMatch(output -> output instanceof Map<?, ?> named
                                && String.valueOf(file.getFileName()).equals(named.get("path")));
    }

    private static History history(Object told) {
        Map<String, String> had = new LinkedHashMap<>();
        if (told instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> entry && entry.get("id") instanceof String id) {
                    had.put(id, entry.get("signature") instanceof String signature ? signature : "");
                }
            }
        }
        return new History(had);
    }
}
