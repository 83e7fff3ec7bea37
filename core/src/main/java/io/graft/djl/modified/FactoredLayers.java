package io.graft.djl.modified;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import io.graft.djl.swap.Places;
import io.graft.djl.swap.SwapJournal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which layers of a block run the parametrizations of their weight in factors, and why others do not. */
public final class FactoredLayers {
    private final Map<Parameter, List<Block>> users = new HashMap<>();
    private final List<FactoredLinear> standing = new ArrayList<>();
    private final Set<Parameter> wanted;
    private final Places places;

    /**
     * @param wanted weights whose parametrizations may run in factors
     */
    public FactoredLayers(Block root, Collection<Parameter> wanted) {
        this.wanted = new HashSet<>(wanted);
        visit(root, new IdentityHashMap<>());
        List<Block> layers = new ArrayList<>(standing);
        this.wanted.forEach(weight -> layers.addAll(users.getOrDefault(weight, List.of())));
        this.places = Places.of(root, layers);
    }

    private void visit(Block block, IdentityHashMap<Block, Boolean> seen) {
        if (seen.put(block, true) != null) {
            return;
        }
        if (block instanceof FactoredLinear factored) {
            standing.add(factored);
        }
        block.getDirectParameters()
                .values()
                .forEach(parameter -> users.computeIfAbsent(parameter, one -> new ArrayList<>())
                        .add(block));
        block.getChildren().values().forEach(child -> visit(child, seen));
    }

    /** The weights that are run in factors as a block is now: by every layer that has them. */
    static Set<Parameter> running(Block root) {
        Set<Parameter> running = new HashSet<>();
        Set<Parameter> others = new HashSet<>();
        collect(root, running, others);
        running.removeAll(others);
        return running;
    }

    private static void collect(Block block, Set<Parameter> running, Set<Parameter> others) {
        block.getDirectParameters()
                .forEach(parameter -> (block instanceof FactoredLinear
                                        && parameter.getKey().equals("weight")
                                ? running
                                : others)
                        .add(parameter.getValue()));
        block.getChildren().values().forEach(child -> collect(child, running, others));
    }

    /** Why a weight's layer does not run in factors, in words that go into brackets; empty if it does. */
    public Optional<String> refusal(Parameter weight) {
        return users.getOrDefault(weight, List.of()).stream()
                .map(layer -> refusal(weight, layer))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** Whether only the exchange of a Linear stands against it. */
    public boolean isOfLinear(Parameter weight) {
        return users.getOrDefault(weight, List.of()).stream().allMatch(layer -> isWeightOfLinear(weight, layer));
    }

    private Optional<String> refusal(Parameter weight, Block layer) {
        if (!isWeightOfLinear(weight, layer)) {
            return Optional.of("it is in a " + layer.getClass().getSimpleName());
        }
        return layer instanceof FactoredLinear ? Optional.empty() : places.refusal(layer, FactoredLinear.class);
    }

    private static boolean isWeightOfLinear(Parameter weight, Block layer) {
        return (layer.getClass() == Linear.class || layer instanceof FactoredLinear)
                && layer.getDirectParameters().get("weight") == weight;
    }

    /** Exchanges the layers that are to run in factors, and puts the others back. */
    public void exchange(SwapJournal journal) {
        for (Parameter weight : wanted) {
            if (refusal(weight).isEmpty()) {
                for (Block layer : users.get(weight)) {
                    if (!(layer instanceof FactoredLinear)) {
                        places.exchange(layer, new FactoredLinear((Linear) layer), journal);
                    }
                }
            }
        }
        for (FactoredLinear layer : standing) {
            if (!wanted.contains(layer.getDirectParameters().get("weight"))) {
                places.exchange(layer, layer.original(), journal);
            }
        }
    }
}
