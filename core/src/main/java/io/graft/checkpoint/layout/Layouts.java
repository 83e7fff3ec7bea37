package io.graft.checkpoint.layout;

import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.extension.BrokenService;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.FoundService;
import io.graft.extension.ServiceScan;
import io.graft.problem.Printable;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks every layout at hand what it finds in a section, and settles what they disagree on. */
public final class Layouts {
    private final StoredTensors stored;
    private final List<TensorSet> sets = new ArrayList<>();
    private final List<String> origins = new ArrayList<>();
    private final Map<String, Integer> owners = new HashMap<>();
    private final Set<String> markers = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();

    private Layouts(StoredTensors stored) {
        this.stored = stored;
    }

    /**
     * Finds the sets. What no layout takes and is known to be codes by its names is given as a set that cannot be read.
     *
     * @param loader where layouts are looked for, beside those of Graft's own class loader
     */
    public static Grouping group(StoredTensors stored, ClassLoader loader) {
        if (stored.dtypes().stream().noneMatch(Layouts::mayBeCodes)
                && stored.lasts().stream().noneMatch(LoneParts::isCompanion)) {
            return Grouping.NONE;
        }
        Layouts layouts = new Layouts(stored);
        ServiceScan<CheckpointLayout> scan = ServiceScan.of(CheckpointLayout.class, loader);
        scan.broken().stream().map(BrokenService::sentence).map(Printable::of).forEach(layouts.notes::add);
        scan.found().forEach(layouts::ask);
        layouts.add(
                new KnownSchemes(stored, layouts.sets, layouts.owners.keySet(), layouts.markers).group(), "graft-core");
        return new Grouping(layouts.sets, layouts.markers, layouts.notes);
    }

    private static boolean mayBeCodes(DType dtype) {
        return switch (dtype) {
            case I8, U8, I32, U32 -> true;
            default -> dtype.isFloatingPoint() && dtype.bits() <= Byte.SIZE;
        };
    }

    private void ask(FoundService<CheckpointLayout> found) {
        CheckpointLayout layout = found.service();
        try {
            add(ExtensionLoader.around(layout.getClass(), () -> layout.group(stored)), found.origin());
        } catch (RuntimeException | LinkageError failed) {
            notes.add("the layout " + layout.getClass().getName() + " failed: "
                    + Printable.of(String.valueOf(failed.getMessage())));
        }
    }

    private void add(Grouping grouping, String origin) {
        for (TensorSet set : grouping.sets()) {
            add(set, origin);
        }
        markers.addAll(grouping.markers());
        notes.addAll(grouping.notes());
    }

    private void add(TensorSet set, String origin) {
        boolean isOwnPart = false;
        for (Part part : set.parts()) {
            if (isTaken(part.name(), set, origin)) {
                return;
            }
            isOwnPart |= part.name().equals(set.name());
        }
        if (!isOwnPart && isTaken(set.name(), set, origin)) {
            return;
        }
        Integer place = sets.size();
        set.parts().forEach(part -> owners.put(part.name(), place));
        owners.put(set.name(), place);
        origins.add(origin);
        sets.add(
                isOwnPart || stored.find(set.name()).isEmpty()
                        ? set
                        : set.refused(new Refusal(
                                "is both a stored tensor and what " + set.names() + " stand for",
                                "keep one of the two")));
    }

    /** Whether an earlier set has a name already; that one cannot be read then. */
    private boolean isTaken(String name, TensorSet set, String origin) {
        Integer other = owners.get(name);
        if (other == null) {
            return false;
        }
        TensorSet first = sets.get(other);
        String both =
                "`" + first.layout() + "` (" + origins.get(other) + ") and `" + set.layout() + "` (" + origin + ")";
        sets.set(other, first.refused(conflict(both, name)));
        return true;
    }

    private static Refusal conflict(String layouts, String name) {
        return new Refusal(
                "is claimed by two layouts, " + layouts + ", which both take `" + name + "`",
                "take the jar of one of them away");
    }
}
