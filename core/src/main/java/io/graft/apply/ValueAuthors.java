package io.graft.apply;

import io.graft.ModifierRecord;
import io.graft.model.Change;
import java.util.ArrayList;
import java.util.List;

/** Finds the modifiers that gave a tensor its values: changes have the names of their time, so they are followed back. */
final class ValueAuthors {
    private final List<ModifierRecord> authors = new ArrayList<>();
    private String name;

    private ValueAuthors(String name) {
        this.name = name;
    }

    /**
     * @param name of the tensor in the finished plan
     * @return the last one first
     */
    static List<ModifierRecord> of(String name, List<ModifierRecord> modifiers) {
        ValueAuthors found = new ValueAuthors(name);
        for (int i = modifiers.size() - 1; i >= 0; i--) {
            found.follow(modifiers.get(i));
        }
        return List.copyOf(found.authors);
    }

    private void follow(ModifierRecord modifier) {
        List<Change> changes = modifier.changes();
        boolean author = false;
        for (int i = changes.size() - 1; i >= 0; i--) {
            if (changes.get(i) instanceof Change.Renamed) {
                int first = firstOfRenamings(changes, i);
                name = before(changes.subList(first, i + 1));
                i = first;
            } else {
                author |= changes.get(i).givesValues()
                        && name.equals(changes.get(i).name());
            }
        }
        if (author) {
            authors.add(modifier);
        }
    }

    /** Renamings that stand together were made at once: two tensors may have exchanged their names. */
    private static int firstOfRenamings(List<Change> changes, int last) {
        int first = last;
        while (first > 0 && changes.get(first - 1) instanceof Change.Renamed) {
            first--;
        }
        return first;
    }

    private String before(List<Change> renamings) {
        return renamings.stream()
                .map(Change.Renamed.class::cast)
                .filter(renamed -> renamed.to().equals(name))
                .map(Change.Renamed::name)
                .findFirst()
                .orElse(name);
    }
}
