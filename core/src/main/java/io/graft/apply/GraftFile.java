package io.graft.apply;

import io.graft.ConfiguredSection;
import io.graft.ModelOpener;
import io.graft.apply.migration.MigrationsSection;
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
 * @param migrations what checkpoints go through when they are opened
 * @param sections those that jars bring
 */
record GraftFile(
        Optional<BoundPlug<ModelOpener>> model,
        List<BoundModifier> modifiers,
        Optional<OutputSection> output,
        Optional<MigrationsSection> migrations,
        List<BoundPlug<ConfiguredSection>> sections) {
    GraftFile {
        modifiers = List.copyOf(modifiers);
        sections = List.copyOf(sections);
    }

    /** The same, on another model. */
    GraftFile on(BoundPlug<ModelOpener> other) {
        return new GraftFile(Optional.of(other), modifiers, output, migrations, sections);
    }

    /** The same with other modifiers. */
    GraftFile with(List<BoundModifier> others) {
        return new GraftFile(model, others, output, migrations, sections);
    }

    /** The same, of which nothing is written. */
    GraftFile withoutOutput() {
        return new GraftFile(model, modifiers, Optional.empty(), migrations, sections);
    }
}
