package io.graft.modifiers.transfer;

import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Segments that wrappers of PyTorch put into names, wherever they stand but at the beginning, where they are a prefix: of compiled
 * modules, of checkpointed activations, of sharded and of replicated ones.
 *
 * @param segments those that names lose
 */
record Wrappers(Set<String> segments) {
    private static final Set<String> OWN =
            Set.of("_orig_mod", "_checkpoint_wrapped_module", "_fsdp_wrapped_module", "_forward_module");

    /** A word that anybody may call a module by; so does this model or not. */
    private static final String REPLICATED = "module";

    /** Those of a checkpoint for a model. */
    static Wrappers of(ModelDraft model) {
        boolean isName = model.tensors().stream()
                .map(DraftTensor::name)
                .anyMatch(name -> ("." + name + ".").contains("." + REPLICATED + "."));
        return new Wrappers(isName ? OWN : union());
    }

    private static Set<String> union() {
        Set<String> all = new HashSet<>(OWN);
        all.add(REPLICATED);
        return Set.copyOf(all);
    }

    /** A name without them. */
    String unwrapped(String name) {
        String[] parts = name.split("\\.", -1);
        List<String> kept = new ArrayList<>();
        for (int part = 0; part < parts.length; part++) {
            if (part == 0 || !segments.contains(parts[part])) {
                kept.add(parts[part]);
            }
        }
        return String.join(".", kept);
    }
}
