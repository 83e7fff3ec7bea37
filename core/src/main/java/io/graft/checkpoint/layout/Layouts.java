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
        if (stored.all().stream().noneMatch(part -> mayBeCodes(part) || LoneParts.isCompanion(part))) {
            return Grouping.NONE;
        }
        Layouts layouts = new Layouts(stored);
        ServiceScan<CheckpointLayout> scan = ServiceScan.of(CheckpointLayout.class, loader);
        scan.broken().stream().map(BrokenService::sentence).map(Printable::of).forEach(layouts.notes::add);
        scan.found().stream().map(FoundService::service).forEach(layouts::ask);
        layouts.add(new KnownSchemes(stored, layouts.sets, layouts.markers).group());
        return new Grouping(layouts.sets, layouts.markers, layouts.notes);
    }

    private static boolean mayBeCodes(Part part) {
        DType dtype = part.dtype();
        return switch (dtype) {
            case I8, U8, I32, U32 -> true;
            default -> dtype.isFloatingPoint() && dtype.bits() <= Byte.SIZE;
        };
    }

    private void ask(CheckpointLayout layout) {
        try {
            add(ExtensionLoader.around(layout.getClass(), () -> layout.group(stored)));
        } catch (RuntimeException | LinkageError failed) {
            notes.add("the layout " + layout.getClass().getName() + " failed: "
                    + Printable.of(String.valueOf(failed.getMessage())));
        }
    }

    private void add(Grouping grouping) {
        for (TensorSet set : grouping.sets()) {
            add(set);
        }
        markers.addAll(grouping.markers());
        notes.addAll(grouping.notes());
    }

    private void add(TensorSet set) {
        Set<String> names = new LinkedHashSet<>(set.names());
        names.add(set.name());
        for (String name : names) {
            Integer other = owners.get(name);
            if (other != null) {
                TensorSet first = sets.get(other);
                sets.set(other, first.refused(conflict(first, set, name)));
                return;
            }
        }
        if (!set.parts().containsKey(last(set.name()))
                && stored.find(set.name()).isPresent()) {
            refuse(set, names, "is both a stored tensor and what " + set.names() + " stand for");
            return;
        }
        put(set, names);
    }

    private void refuse(TensorSet set, Set<String> names, String reason) {
        put(set.refused(new Refusal(reason, "keep one of the two")), names);
    }

    private void put(TensorSet set, Set<String> names) {
        names.forEach(name -> owners.put(name, sets.size()));
        sets.add(set);
    }

    private static String last(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static Refusal conflict(TensorSet first, TensorSet second, String name) {
        return new Refusal(
                "the layouts `" + first.layout() + "` and `" + second.layout() + "` both claim `" + name + "`",
                "take the jar of one of them away");
    }
}
