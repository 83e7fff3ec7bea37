package io.graft.format.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Finds the parameters that weights without a name of their own were exported from. PyTorch's {@code Linear} computes {@code x @ W^T + b}
 * and has the weight {@code W}; exported it is a {@code MatMul} by the transposed weight and an {@code Add} of the bias, or a {@code
 * Gemm} of both.
 */
final class WeightNames {
    private static final Pattern ANONYMOUS = Pattern.compile("onnx::\\w+|\\d+|val_\\d+");
    private static final String BIAS = "bias";
    private static final String WEIGHT = "weight";

    private final Map<String, List<Node>> users = new HashMap<>();
    private final Set<String> taken;

    private WeightNames(OnnxModel model) {
        this.taken =
                model.initializers().stream().map(Initializer::name).collect(Collectors.toCollection(HashSet::new));
        for (Node node : model.nodes()) {
            Set.copyOf(node.inputs())
                    .forEach(input -> users.computeIfAbsent(input, none -> new ArrayList<>())
                            .add(node));
        }
    }

    /**
     * What a weight is called from now on.
     *
     * @param transposed whether the parameter is what the file holds transposed
     */
    record Restored(String name, boolean transposed) {}

    /** The weights that get another name, by the one that they have in the file. */
    static Map<String, Restored> of(OnnxModel model) {
        WeightNames names = new WeightNames(model);
        Map<String, Restored> found = new LinkedHashMap<>();
        model.initializers().stream()
                .filter(weight -> weight.dimensions().size() == 2)
                .map(Initializer::name)
                .filter(name -> ANONYMOUS.matcher(name).matches())
                .forEach(name -> names.of(name).ifPresent(restored -> found.put(name, restored)));
        // A name that two weights claim, or that another tensor has, is nobody's.
        Map<String, Long> claims =
                found.values().stream().collect(Collectors.groupingBy(Restored::name, Collectors.counting()));
        found.values().removeIf(restored -> claims.get(restored.name) > 1 || names.taken.contains(restored.name));
        return found;
    }

    private Optional<Restored> of(String weight) {
        List<Node> all = users.getOrDefault(weight, List.of());
        if (all.size() != 1) {
            return Optional.empty();
        }
        Node node = all.get(0);
        if (node.inputs().size() < 2 || !node.inputs().get(1).equals(weight)) {
            return Optional.empty();
        }
        return switch (node.operation()) {
            case "MatMul" -> module(node).map(module -> new Restored(module + WEIGHT, true));
            case "Gemm" -> module(node).map(module -> new Restored(module + WEIGHT, !node.transposesB()));
            default -> Optional.empty();
        };
    }

    /** The path of the module that a product belongs to, with a dot behind it. */
    private Optional<String> module(Node product) {
        return biases(product).stream()
                .filter(taken::contains)
                .filter(name -> name.equals(BIAS) || name.endsWith("." + BIAS))
                .map(name -> name.substring(0, name.length() - BIAS.length()))
                .findFirst()
                .or(() -> product.module().map(path -> path + "."));
    }

    private List<String> biases(Node product) {
        if (product.operation().equals("Gemm")) {
            return product.inputs().subList(2, product.inputs().size());
        }
        return product.outputs().stream()
                .flatMap(output -> users.getOrDefault(output, List.of()).stream())
                .filter(user -> user.operation().equals("Add"))
                .flatMap(add -> add.inputs().stream())
                .toList();
    }
}
