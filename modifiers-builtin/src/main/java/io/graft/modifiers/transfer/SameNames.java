package io.graft.modifiers.transfer;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.rules.Rules;
import io.graft.model.training.TensorKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which tensors of two checkpoints stand for one another though their names differ, as the modifier finds it: by a prefix that one of
 * them has, and by segments of wrappers. A prefix counts if at least half of the smaller checkpoint's names fit by it.
 *
 * @param names by the names in {@code b} those in {@code a} that differ from them
 * @param notes what was found, a sentence each
 */
public record SameNames(Map<String, String> names, List<String> notes) {
    /** Names are taken as they are. */
    public static final SameNames EXACT = new SameNames(Map.of(), List.of());

    public SameNames {
        names = Collections.unmodifiableMap(new LinkedHashMap<>(names));
        notes = List.copyOf(notes);
    }

    /**
     * Looks for the prefix, with {@code a} in the place of the model.
     *
     * @param a its tensors by the names that they go by
     */
    public static SameNames between(Map<String, TensorEntry> a, Checkpoint b) {
        if (a.keySet().equals(b.tensors().keySet())) {
            return EXACT;
        }
        ModelDraft model = new ModelDraft(
                List.of(),
                a.entrySet().stream()
                        .map(entry -> drafted(entry.getKey(), entry.getValue()))
                        .toList());
        SourceTensors tensors = SourceTensors.of(new SourceCheckpoint("b", b), model);
        PrefixSearch.Best best = new PrefixSearch(model, Rules.NONE).search(tensors);
        int smaller = Math.min(a.size(), b.tensors().size());
        boolean isFound = best.prefixes().size() == 1 && 2 * best.score().met() >= smaller;
        Prefix prefix = isFound ? best.prefixes().get(0) : new Prefix.None();
        Map<String, String> names = names(tensors, prefix, new ModelNames(model));
        List<String> notes = new ArrayList<>();
        prefixNote(prefix, tensors).ifPresent(notes::add);
        if (tensors.wrapped() > 0) {
            notes.add("segments of wrappers, such as `_orig_mod`, left out of " + tensors.wrapped() + " of "
                    + tensors.keys().size() + " names of B");
        }
        if (best.prefixes().size() > 1) {
            notes.add("the names fit in " + best.prefixes().size() + " ways and were taken as they are: "
                    + best.prefixes().stream().map(Prefix::description).collect(Collectors.joining("; ")));
        }
        return new SameNames(names, notes);
    }

    private static DraftTensor drafted(String name, TensorEntry entry) {
        return DraftTensor.initial(name, Set.of(), TensorKind.PARAMETER, false, StoredTensor.initial(entry));
    }

    private static Map<String, String> names(SourceTensors tensors, Prefix prefix, ModelNames known) {
        Map<String, String> names = new LinkedHashMap<>();
        tensors.keys()
                .forEach((name, key) -> prefix.apply(name)
                        .flatMap(known::find)
                        .map(DraftTensor::name)
                        .filter(own -> !own.equals(key))
                        .ifPresent(own -> names.put(key, own)));
        return names;
    }

    private static Optional<String> prefixNote(Prefix prefix, SourceTensors tensors) {
        if (prefix instanceof Prefix.None) {
            return Optional.empty();
        }
        long keys = tensors.keys().keySet().stream()
                .filter(name -> prefix.apply(name).isPresent())
                .count();
        return Optional.of("names of B: prefix " + prefix.description()
                + (prefix instanceof Prefix.Strip
                        ? " (" + keys + " of " + tensors.keys().size() + ")"
                        : ""));
    }

    /** The name in {@code a} of what is called so in {@code b}. */
    public String inA(String nameInB) {
        return names.getOrDefault(nameInB, nameInB);
    }
}
