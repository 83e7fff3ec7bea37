package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.layout.Grouping;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The weights that a layout found, and what a person should know of them. */
final class Findings {
    private final String codes;
    private final StoredTensors stored;
    private final Quantization quantization;
    private final List<TensorSet> sets = new ArrayList<>();
    private final List<String> ignored = new ArrayList<>();
    private final Set<String> activations = new TreeSet<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /**
     * @param codes what the weights are, in the plural: {@code FP8 codes with scales}
     */
    Findings(String codes, StoredTensors stored, Quantization quantization) {
        this.codes = codes;
        this.stored = stored;
        this.quantization = quantization;
    }

    void add(TensorSet set) {
        sets.add(set);
        String module = set.parts().get(0).module();
        if (quantization.ignores(module)) {
            ignored.add(module);
        }
    }

    /** What has no part in a weight beside which it lies. */
    Collection<Part> activations(Part weight) {
        List<Part> others = Scales.ofActivations(weight, stored);
        others.forEach(other -> activations.add(other.last()));
        return others;
    }

    /** One sentence, said once. */
    void note(String sentence) {
        notes.add(sentence);
    }

    Grouping grouping() {
        List<String> said = new ArrayList<>();
        if (!sets.isEmpty()
                && stored.configuration().file().isPresent()
                && !quantization.isPresent()
                && stored.configuration().flaw().isEmpty()) {
            said.add("config.json has no quantization_config; by their names and dtypes, "
                    + Counts.of(sets.size(), "weight") + (sets.size() == 1 ? " is " : " are ") + codes);
        }
        if (!ignored.isEmpty()) {
            said.add("config.json says that " + FirstFew.names(ignored) + (ignored.size() == 1 ? " is" : " are")
                    + " not quantized, and codes with scales are there: they count");
        }
        if (!activations.isEmpty()) {
            said.add("scales of activations have no part in the weights: " + String.join(", ", activations));
        }
        said.addAll(notes);
        return new Grouping(sets, Set.of(), said);
    }
}
