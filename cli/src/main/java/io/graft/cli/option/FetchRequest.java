package io.graft.cli.option;

import io.graft.checkpoint.Progress;
import io.graft.checkpoint.source.ConditionNames;
import io.graft.checkpoint.source.FetchConditions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a command fetches a checkpoint.
 *
 * @param conditions what has to hold for it
 * @param names how a person says so on this command line
 * @param progress is told how the download goes on
 * @param section which section of it is meant; empty for the model's own
 */
public record FetchRequest(
        FetchConditions conditions, ConditionNames names, Progress progress, Optional<String> section) {
    /** The model's own section. */
    public FetchRequest(FetchConditions conditions, ConditionNames names, Progress progress) {
        this(conditions, names, progress, Optional.empty());
    }

    /** The same, of another section; null for the model's own. */
    public FetchRequest using(@Nullable String other) {
        return new FetchRequest(conditions, names, progress, Optional.ofNullable(other));
    }
}
