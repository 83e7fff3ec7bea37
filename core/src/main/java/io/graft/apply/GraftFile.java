package io.graft.apply;

import io.graft.ConfiguredSection;
import io.graft.ModelOpener;
import io.graft.apply.output.OutputSection;
import io.graft.registry.BoundModifier;
import io.graft.registry.BoundPlug;
import java.util.List;
import java.util.Optional;

/**
 * A configuration, typed.
 *
 * @param model what opens the model that is modified
 * @param modifiers in the order in which they run
 * @param output where files go
 * @param sections those that jars bring
 */
record GraftFile(
        Optional<BoundPlug<ModelOpener>> model,
        List<BoundModifier> modifiers,
        Optional<OutputSection> output,
        List<BoundPlug<ConfiguredSection>> sections) {
    GraftFile {
        modifiers = List.copyOf(modifiers);
        sections = List.copyOf(sections);
    }
}
