package io.graft;

import io.graft.model.ModelDraft;
import java.util.Optional;

/**
 * Changes a model after it is loaded, by editing its draft. An implementation never touches an engine or writes a file, so
 * the same one serves a live block and a checkpoint of any size, and can be planned, reported and rolled back.
 *
 * <p>Implementations carry {@link Modifier} and have a public constructor that takes their options record, or none.
 */
public interface ModelModifier {
    /**
     * Edits the draft. What was asked for and cannot be done is told to the context as an error, which stops the run before
     * anything is committed; nothing is skipped silently.
     */
    void apply(ModelDraft model, ModifierContext context);

    /**
     * The options record that it was made with, so that plan and report can tell what a program has made; a configuration's entry
     * tells its own. Empty if it has none.
     */
    default Optional<Record> options() {
        return Optional.empty();
    }
}
