package io.graft.djl.modified;

import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.convolutional.Convolution;
import ai.djl.nn.convolutional.Deconvolution;
import ai.djl.nn.core.Linear;
import io.graft.djl.forward.RowLookup;
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
import java.util.function.BiPredicate;
import java.util.function.Function;

/** Which layers of a block run the parametrizations of their weight without making the weight, and why others do not. */
public final class ExchangedLayers {
    /** What stands in the place of a layer. */
    public enum Kind {
        /** Runs parametrizations of low rank in factors. */
        FACTORED(List.of(new Exchange<>(Linear.class, "weight", FactoredLinear.class, FactoredLinear::new))),

        /** Has codes in the place of numbers. */
        QUANTIZED(List.of(
                new Exchange<>(Linear.class, "weight", QuantizedLinear.class, QuantizedLinear::new),
                new Exchange<>(
                        TrainableWordEmbedding.class,
                        "embedding",
                        QuantizedWordEmbedding.class,
                        QuantizedWordEmbedding::new)));

        private final List<Exchange<?>> exchanges;

        Kind(List<Exchange<?>> exchanges) {
            this.exchanges = exchanges;
        }

        /** How a layer is exchanged that runs a weight; empty if it is not. */
        private Optional<Exchange<?>> of(Parameter weight, Block layer) {
            return exchanges.stream()
                    .filter(exchange -> exchange.takes(weight, layer))
                    .findFirst();
        }
    }

    /**
     * A layer that another one stands for.
     *
     * @param of the layer's class
     * @param weight what it calls its weight
     * @param type of the one that stands for it
     */
    private record Exchange<L extends Block>(
            Class<L> of, String weight, Class<? extends L> type, Function<L, L> maker) {
        boolean takes(Parameter parameter, Block layer) {
            ParameterOf own = new ParameterOf(layer, weight);
            return ExchangedLayers.type(layer) == of && own.is(parameter);
        }

        Block made(Block layer) {
            return maker.apply(of.cast(original(layer)));
        }
    }

    private record ParameterOf(Block layer, String name) {
        boolean is(Parameter parameter) {
            return layer.getDirectParameters().contains(name)
                    && layer.getDirectParameters().get(name) == parameter;
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
        if (block instanceof ExchangedLayer) {
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
        return ofAll(
                root,
                (block, weight) -> block instanceof ExchangedLayer layer
                        && layer.standsFor() == Linear.class
                        && new ParameterOf(block, "weight").is(weight));
    }

    /** The tables of which every layer that has them looks up rows. */
    static Set<Parameter> lookedUp(Block root) {
        return ofAll(root, (block, weight) -> block instanceof RowLookup lookup && lookup.table() == weight);
    }

    /** The weights that convolutions alone have. */
    static Set<Parameter> ofConvolutions(Block root) {
        return ofAll(
                root,
                (block, weight) -> (block instanceof Convolution || block instanceof Deconvolution)
                        && new ParameterOf(block, "weight").is(weight));
    }

    /** The parameters for which something is true of all blocks that have them. */
    private static Set<Parameter> ofAll(Block root, BiPredicate<Block, Parameter> condition) {
        Set<Parameter> all = new HashSet<>();
        Set<Parameter> others = new HashSet<>();
        collect(root, condition, all, others);
        all.removeAll(others);
        return all;
    }

    private static void collect(
            Block block, BiPredicate<Block, Parameter> condition, Set<Parameter> all, Set<Parameter> others) {
        block.getDirectParameters()
                .values()
                .forEach(parameter -> (condition.test(block, parameter) ? all : others).add(parameter));
        block.getChildren().values().forEach(child -> collect(child, condition, all, others));
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
        return users.getOrDefault(weight, List.of()).stream()
                .allMatch(layer -> type(layer) == Linear.class && new ParameterOf(layer, "weight").is(weight));
    }

    private Optional<String> refusal(Parameter weight, Block layer) {
        Kind kind = wanted.get(weight);
        if (kind == Kind.QUANTIZED && layer instanceof RowLookup lookup && lookup.table() == weight) {
            return Optional.empty();
        }
        return kind.of(weight, layer)
                .map(exchange -> layer.getClass() == exchange.type()
                        ? Optional.<String>empty()
                        : places.refusal(layer, exchange.type()))
                .orElseGet(() -> Optional.of("it is in a " + layer.getClass().getSimpleName()));
    }

    /** Exchanges the layers whose weight is not to be made, and puts the others back. */
    public void exchange(SwapJournal journal) {
        wanted.forEach((weight, kind) -> {
            if (refusal(weight).isEmpty()) {
                for (Block layer : users.get(weight)) {
                    kind.of(weight, layer)
                            .filter(exchange -> layer.getClass() != exchange.type())
                            .ifPresent(exchange -> places.exchange(layer, exchange.made(layer), journal));
                }
            }
        });
        for (Block layer : standing) {
            if (layer.getDirectParameters().values().stream().noneMatch(wanted::containsKey)) {
                places.exchange(layer, original(layer), journal);
            }
        }
    }

    private static Block original(Block layer) {
        return layer instanceof ExchangedLayer exchanged ? exchanged.original() : layer;
    }

    private static Class<?> type(Block layer) {
        return layer instanceof ExchangedLayer exchanged ? exchanged.standsFor() : layer.getClass();
    }
}
