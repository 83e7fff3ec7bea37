package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.Sha256;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.source.CacheEntry.Beside;
import io.graft.checkpoint.source.CacheEntry.Kept;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What lies beside a fetched checkpoint as {@code config.json}, asked for once: a checkpoint can be used without. Beside a content that
 * is pinned lies what lay there when it was first asked for, so that nobody is asked again.
 *
 * @param checkpoint the place of the checkpoint in the cache
 * @param content the checkpoint's
 * @param configuration the place of the configuration in the cache
 */
record FetchedConfiguration(CacheEntry checkpoint, Sha256 content, CacheEntry configuration) {
    /**
     * The configuration.
     *
     * @param pinned whether the content was asked for by its digest
     * @param server asks whoever has it
     */
    ModelConfiguration get(boolean pinned, Supplier<FetchedCheckpoint> server) {
        return (pinned ? noted() : Optional.<ModelConfiguration>empty()).orElseGet(() -> ask(server));
    }

    private Optional<ModelConfiguration> noted() {
        try {
            Optional<Beside> beside = checkpoint.beside(content);
            if (beside.isEmpty() || beside.get().sha256().isEmpty()) {
                return beside.map(nothing -> ModelConfiguration.NONE);
            }
            CacheUse.begin(configuration.use());
            return configuration
                    .current()
                    .filter(kept -> kept.sha256().equals(beside.get().sha256().get()))
                    .map(Kept::file)
                    .map(ModelConfiguration::of);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    private ModelConfiguration ask(Supplier<FetchedCheckpoint> server) {
        try {
            FetchedCheckpoint found = server.get();
            note(new Beside(found.sha256()));
            return ModelConfiguration.of(found.path());
        } catch (CheckpointException missing) {
            if (missing.reason() != Reason.NOT_FOUND) {
                return ModelConfiguration.flawed(Optional.empty(), "cannot be fetched (" + missing.detail() + ")");
            }
            note(new Beside(Optional.empty()));
            return ModelConfiguration.NONE;
        }
    }

    private void note(Beside beside) {
        try {
            FileLocks.holding(checkpoint.lock(), () -> {
                if (!checkpoint.beside(content).equals(Optional.of(beside))) {
                    checkpoint.note(content, beside);
                }
                return beside;
            });
        } catch (IOException readOnly) {
            // A cache that others fill can be used where nothing can be noted.
        }
    }
}
