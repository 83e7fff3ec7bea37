package io.graft.djl.commit;

import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.model.Change;
import io.graft.model.DraftTensor;
import io.graft.model.modules.ModuleSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the modules of a block in the end, whatever happened to them on the way.
 *
 * @param edits by path, in an order in which they can be made
 * @param nested paths of edits in modules that the plan brings
 */
record PlannedModules(Map<String, Edit> edits, List<String> nested) {
    /** What becomes of a module. */
    enum Kind {
        REPLACE,
        ADD,
        REMOVE
    }

    /**
     * What becomes of the module at a path.
     *
     * @param source of the new one; empty if there is none
     */
    record Edit(Kind kind, String path, Optional<ModuleSource> source) {
        boolean contains(String name) {
            return name.startsWith(path + ".");
        }
    }

    static PlannedModules of(Plan plan) {
        Journal journal = new Journal();
        for (ModifierRecord modifier : plan.modifiers()) {
            modifier.changes().forEach(journal::read);
        }
        return new PlannedModules(journal.edits, journal.nested);
    }

    boolean isEmpty() {
        return edits.isEmpty();
    }

    /** The edit that brings a tensor; empty if the block has it, or is to have it otherwise. */
    Optional<Edit> bringing(DraftTensor tensor) {
        return tensor.origin().isEmpty() && tensor.owner().isEmpty()
                ? edits.values().stream()
                        .filter(edit -> edit.source().isPresent() && edit.contains(tensor.name()))
                        .findFirst()
                : Optional.empty();
    }

    /** Whether a tensor of the block goes with its module. */
    boolean takeAway(String name) {
        return edits.values().stream().anyMatch(edit -> edit.kind() != Kind.ADD && edit.contains(name));
    }

    private static final class Journal {
        private final Map<String, Edit> edits = new LinkedHashMap<>();
        private final List<String> nested = new ArrayList<>();

        void read(Change change) {
            if (change instanceof Change.ModuleReplaced replaced) {
                note(replaced.name(), has(Kind.ADD, replaced.name()) ? Kind.ADD : Kind.REPLACE, replaced.source());
            } else if (change instanceof Change.ModuleAdded added) {
                note(added.name(), has(Kind.REMOVE, added.name()) ? Kind.REPLACE : Kind.ADD, added.source());
            } else if (change instanceof Change.ModuleRemoved removed) {
                if (has(Kind.ADD, removed.name())) {
                    edits.remove(removed.name());
                    forgetIn(removed.name());
                } else {
                    note(removed.name(), Kind.REMOVE, null);
                }
            }
        }

        private boolean has(Kind kind, String path) {
            return edits.containsKey(path) && edits.get(path).kind() == kind;
        }

        private void note(String path, Kind kind, @Nullable ModuleSource source) {
            if (edits.values().stream().anyMatch(edit -> edit.source().isPresent() && edit.contains(path))) {
                nested.add(path);
                return;
            }
            forgetIn(path);
            edits.put(path, new Edit(kind, path, Optional.ofNullable(source)));
        }

        /** What was done in a module that is gone is nobody's any more. */
        private void forgetIn(String path) {
            edits.keySet().removeIf(inner -> inner.startsWith(path + "."));
            nested.removeIf(inner -> inner.startsWith(path + "."));
        }
    }
}
