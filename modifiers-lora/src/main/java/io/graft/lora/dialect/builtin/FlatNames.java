package io.graft.lora.dialect.builtin;

import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What paths are whose dots became underscores: by what is noted in the file, else by the modules of the model, whose path may begin
 * with more than the adapter's.
 */
final class FlatNames {
    private final AdapterSource source;
    private final Map<String, Object> noted;
    private final Map<String, List<String>> byFlat;
    private final List<String> homeless = new ArrayList<>();
    private final List<String> ambiguous = new ArrayList<>();
    private int found;

    private FlatNames(AdapterSource source, Map<String, Object> noted, Map<String, List<String>> byFlat) {
        this.source = source;
        this.noted = noted;
        this.byFlat = byFlat;
    }

    static FlatNames of(AdapterSource source, String key) {
        String note = source.metadata().get(key);
        Map<String, Object> noted = note == null
                ? Map.of()
                : AdapterSettings.parse(source.location(), note).values();
        Map<String, List<String>> byFlat = new HashMap<>();
        source.base()
                .ifPresent(base -> base.modules().forEach(module -> {
                    // Every end of the path, since a checkpoint may have been saved from another level of the model.
                    int from = 0;
                    do {
                        byFlat.computeIfAbsent(module.substring(from).replace('.', '_'), first -> new ArrayList<>())
                                .add(module);
                        from = module.indexOf('.', from) + 1;
                    } while (from > 0);
                }));
        return new FlatNames(source, noted, byFlat);
    }

    /** What is noted in the file for a name. */
    Optional<String> noted(String flat) {
        return noted.get(flat) instanceof String name ? Optional.of(name) : Optional.empty();
    }

    /**
     * The path with its dots; empty if it is not known.
     *
     * @param end the name without what is before the module's path
     */
    Optional<String> dotted(String flat, String end) {
        if (noted(flat).isPresent()) {
            return noted(flat);
        }
        if (source.base().isEmpty()) {
            return Optional.empty();
        }
        List<String> modules = byFlat.getOrDefault(end, List.of());
        List<String> exact = modules.stream()
                .filter(module -> module.replace('.', '_').equals(end))
                .toList();
        List<String> likely = exact.isEmpty() ? modules : exact;
        if (likely.size() == 1) {
            found++;
            return Optional.of(likely.get(0));
        }
        if (likely.isEmpty()) {
            homeless.add(flat);
        } else {
            ambiguous.add("`" + flat + "` may be " + Quoting.names(likely));
        }
        return Optional.empty();
    }

    /** Tells which paths of a section the model does not have. */
    void report(String section) {
        if (!homeless.isEmpty()) {
            source.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    (found == 0 ? "none of the " : "not all of the ") + (found + homeless.size())
                            + " modules that the adapter has for `" + section + "` are the model's: "
                            + FirstFew.names(homeless),
                    found == 0
                            ? "name the model that this part is for, or another part with `section`"
                            : "the adapter was trained on another model");
        }
        if (!ambiguous.isEmpty()) {
            source.error(
                    ProblemCode.AMBIGUOUS_PREFIX,
                    "names without dots are of several modules: " + FirstFew.of(ambiguous, 3),
                    "name a model of which each module is one");
        }
        homeless.clear();
        ambiguous.clear();
        found = 0;
    }
}
