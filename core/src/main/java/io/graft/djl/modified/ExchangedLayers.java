package io.graft.djl.modified;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import io.graft.djl.swap.Places;
import io.graft.djl.swap.SwapJournal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Which layers of a block run the parametrizations of their weight without making the weight, and why others do not. */
public final class ExchangedLayers {
    /** What stands in the place of a Linear. */
    public enum Kind {
        /** Runs parametrizations of low rank in factors. */
        FACTORED(FactoredLinear.class, FactoredLinear::new),

        /** Has codes in the place of numbers. */
        QUANTIZED(QuantizedLinear.class, QuantizedLinear::new);

        private final Class<? extends Linear> type;
        private final Function<Linear, Linear> maker;

        Kind(Class<? extends Linear> type, Function<Linear, Linear> maker) {
            this.type = type;
            this.maker = maker;
        }
    }

    private final Map<Parameter, List<Block>> users = new HashMap<>();
    private final List<Block> standing = new ArrayList<>();
    private final Map<Parameter, Kind> wanted;
    private final Places places;

    /**
     * @param wanted weights that are not to be made, and what runs them
     */
    public ExchangedLayers(Block root, Map<Parameter, Kind> wanted) {
        this.wanted = Map.copyOf(wanted);
        visit(root, new IdentityHashMap<>());
        List<Block> layers = new ArrayList<>(standing);
        wanted.keySet().forEach(weight -> layers.addAll(users.getOrDefault(weight, List.of())));
        this.places = Places.of(root, layers);
    }

    private void visit(Block block, IdentityHashMap<Block, Boolean> seen) {
        if (seen.put(block, true) != null) {
            return;
        }
        if (block instanceof ExchangedLinear) {
            standing.add(block);
        }
        block.getDirectParameters()
                .values()
                .forEach(parameter -> users.computeIfAbsent(parameter, one -> new ArrayList<>())
                        .add(block));
        block.getChildren().values().forEach(child -> visit(child, seen));
    }

    /** The weights on which every layer that has them runs products of low rank in factors, as a block is now. */
    static Set<Parameter> running(Block root) {
        Set<Parameter> running = new HashSet<>();
        Set<Parameter> others = new HashSet<>();
        collect(root, running, others);
        running.removeAll(others);
        return running;
    }

    private static void collect(Block block, Set<Parameter> running, Set<Parameter> others) {
        block.getDirectParameters()
                .forEach(parameter -> (block instanceof ExchangedLinear
                                        && parameter.getKey().equals("weight")
                                ? running
                                : others)
                        .add(parameter.getValue()));
        block.getChildren().values().forEach(child -> collect(child, running, others));
    }

    /** Why a weight is made, in words that go into brackets; empty if it is not. */
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
        Class<? extends Linear> type = wanted.get(weight).type;
        return layer.getClass() == type ? Optional.empty() : places.refusal(layer, type);
    }

    private static boolean isWeightOfLinear(Parameter weight, Block layer) {
        return (layer.getClass() == Linear.class || layer instanceof ExchangedLinear)
                && layer.getDirectParameters().get("weight") == weight;
    }

    /** Exchanges the layers whose weight is not to be made, and puts the others back. */
    public void exchange(SwapJournal journal) {
        wanted.forEach((weight, kind) -> {
            if (refusal(weight).isEmpty()) {
                for (Block layer : users.get(weight)) {
                    if (layer.getClass() != kind.type) {
                        places.exchange(layer, kind.maker.apply(original(layer)), journal);
                    }
                }
            }
        });
        for (Block layer : standing) {
            if (!wanted.containsKey(layer.getDirectParameters().get("weight"))) {
                places.exchange(layer, original(layer), journal);
            }
        }
    }

    private static Linear original(Block layer) {
        return layer instanceof ExchangedLinear exchanged ? exchanged.original() : (Linear) layer;
    }
}
