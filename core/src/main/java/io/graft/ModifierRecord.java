package io.graft;

import io.graft.model.Change;
import java.util.List;
import java.util.Map;

/**
 * What one configured modifier does.
 *
 * @param index position in the configuration's list
 * @param type the modifier's id
 * @param origin the jar or folder that it comes from
 * @param options what it worked with, defaults included, in the order of its options; secrets are not shown
 * @param changes its edits of the draft, in order
 * @param skipped checkpoint entries that it did not load
 * @param missing tensors that keep their value though they should have got another
 * @param warnings what a person should know
 * @param artifacts files of its own that it has written beside the model
 * @param adapters the adapters that are written among them
 * @param leftOut whether it failed and, being optional, was left out: it changes nothing, and the plan's warnings tell why
 */
public record ModifierRecord(
        int index,
        String type,
        String origin,
        Map<String, Object> options,
        List<Change> changes,
        List<Skipped> skipped,
        List<String> missing,
        List<String> warnings,
        List<Artifact> artifacts,
        List<String> adapters,
        boolean leftOut) {
    public ModifierRecord {
        changes = List.copyOf(changes);
        skipped = List.copyOf(skipped);
        missing = List.copyOf(missing);
        warnings = List.copyOf(warnings);
        artifacts = List.copyOf(artifacts);
        adapters = List.copyOf(adapters);
    }

    /** A modifier that writes no file of its own. */
    public ModifierRecord(
            int index,
            String type,
            String origin,
            Map<String, Object> options,
            List<Change> changes,
            List<Skipped> skipped,
            List<String> missing,
            List<String> warnings) {
        this(index, type, origin, options, changes, skipped, missing, warnings, List.of(), List.of(), false);
    }
}
