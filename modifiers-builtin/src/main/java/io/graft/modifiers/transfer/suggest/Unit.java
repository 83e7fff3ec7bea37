package io.graft.modifiers.transfer.suggest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tensors that go together: those of one module, or one by itself.
 *
 * @param name of the module or tensor
 * @param tensors by what they are
 */
record Unit(String name, Map<String, Named> tensors) {
    /** Tensors that a module may have or not, and is the same. */
    private static final Set<String> COUNTERS = Set.of("num_batches_tracked", "position_ids");

    static List<Unit> modules(List<Named> tensors) {
        Map<String, Map<String, Named>> modules = new LinkedHashMap<>();
        tensors.forEach(tensor -> modules.computeIfAbsent(tensor.module(), module -> new TreeMap<>())
                .putIfAbsent(tensor.kind(), tensor));
        List<Unit> units = new ArrayList<>();
        modules.forEach((module, own) -> units.add(new Unit(module, own)));
        return units;
    }

    static List<Unit> single(List<Named> tensors) {
        return tensors.stream()
                .map(tensor -> new Unit(tensor.name(), Map.of(tensor.kind(), tensor)))
                .toList();
    }

    /** The same for all that may stand for each other, as far as can be seen from outside. */
    String signature() {
        StringBuilder signature = new StringBuilder();
        tensors.forEach((kind, tensor) -> {
            if (!COUNTERS.contains(kind) || tensors.size() == 1) {
                signature.append(kind).append(tensor.shape()).append(';');
            }
        });
        return signature.toString();
    }

    boolean mayBe(Unit other) {
        return signature().equals(other.signature());
    }
}
