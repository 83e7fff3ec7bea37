package io.graft.apply;

import io.graft.registry.BoundModifier;
import java.util.List;
import java.util.Optional;

/**
 * A configuration, typed.
 *
 * @param model which model is modified
 * @param modifiers in the order in which they run
 * @param output where files go
 */
record GraftFile(Optional<ModelSection> model, List<BoundModifier> modifiers, Optional<OutputSection> output) {
    GraftFile {
        modifiers = List.copyOf(modifiers);
    }
}
