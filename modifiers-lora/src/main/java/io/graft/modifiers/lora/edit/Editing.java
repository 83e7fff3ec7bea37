package io.graft.modifiers.lora.edit;

import io.graft.model.ModelDraft;
import io.graft.problem.Quoting;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Does the edits of a merge, and says what becomes of tensors that have several names. */
public final class Editing {
    private final ModelDraft model;
    private final boolean keepsTies;
    private final Findings findings;

    /** @param keepsTies whether the adapter was trained with {@code ensure_weight_tying}, so that names of one tensor are adapted as one */
    public Editing(ModelDraft model, boolean keepsTies, Findings findings) {
        this.model = model;
        this.keepsTies = keepsTies;
        this.findings = findings;
    }

    public void run(List<Edit> edits) {
        Set<String> single = new LinkedHashSet<>();
        edits.stream().filter(edit -> !isOfGroup(edit)).map(Edit::name).forEach(single::add);
        single.forEach(name -> part(name, single));
        Map<String, String> editedBy = new HashMap<>();
        for (Edit edit : edits) {
            List<String> tied =
                    isOfGroup(edit) && model.find(edit.name()).isPresent() ? model.tiedTo(edit.name()) : List.of();
            String first = editedBy.putIfAbsent(edit.name(), edit.name());
            if (first == null && !tied.isEmpty()) {
                findings.warn("`" + edit.name() + "` is one tensor with " + Quoting.names(tied)
                        + ", and the adapter changes all of it");
            }
            // Another name of what was changed already: its update is the same one.
            if (first == null || first.equals(edit.name())) {
                tied.forEach(other -> editedBy.put(other, edit.name()));
                edit.action().accept(model);
            }
        }
    }

    private boolean isOfGroup(Edit edit) {
        return keepsTies || edit.ofGroup();
    }

    private void part(String name, Set<String> changed) {
        if (model.find(name).isEmpty()) {
            return;
        }
        List<String> tied = model.part(name);
        List<String> unchanged =
                tied.stream().filter(other -> !changed.contains(other)).toList();
        if (!tied.isEmpty()) {
            findings.warn("`" + name + "` is one tensor with " + Quoting.names(unchanged.isEmpty() ? tied : unchanged)
                    + (unchanged.isEmpty()
                            ? ", and the adapter changes each by itself"
                            : ", which the adapter does not change")
                    + ": they are no longer tied");
        }
    }
}
