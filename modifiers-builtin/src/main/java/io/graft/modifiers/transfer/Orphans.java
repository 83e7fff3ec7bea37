package io.graft.modifiers.transfer;

import io.graft.SkipReason;
import io.graft.model.tree.DottedPath;
import io.graft.model.tree.ModuleTree;
import io.graft.problem.FirstFew;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Numbered layers of a checkpoint that have no place in the model though their neighbours were loaded and hold tensors of the
 * same shapes. Such a checkpoint may have its layers numbered in another way, and then fits everywhere, wrongly.
 */
final class Orphans {
    private static final Pattern NUMBERED = Pattern.compile("(?:.+\\.)?\\d+");

    private final ModuleTree tree;
    /** Shapes by the name below the layer, for each layer that the model has not. */
    private final Map<String, Map<String, Shape>> orphans = new LinkedHashMap<>();
    /** The same for layers that were loaded, by the module that holds them. */
    private final Map<String, Map<String, Map<String, Shape>>> neighbours = new HashMap<>();

    Orphans(ModuleTree tree) {
        this.tree = tree;
    }

    /** One warning for each module that orphans stand in. */
    List<String> warnings(Fit fit) {
        for (Skip skip : fit.skipped(SkipReason.NOT_IN_MODEL)) {
            String name = skip.candidate().name();
            layer(name)
                    .ifPresent(layer -> orphans.computeIfAbsent(layer, unused -> new HashMap<>())
                            .put(
                                    name.substring(layer.length()),
                                    skip.candidate().value().shape()));
        }
        orphans.keySet().forEach(layer -> neighbours.putIfAbsent(parent(layer), new LinkedHashMap<>()));
        fit.loads().forEach(this::addNeighbour);
        Map<String, List<String>> byParent = new LinkedHashMap<>();
        orphans.forEach((layer, shapes) -> {
            if (neighbours.get(parent(layer)).containsValue(shapes)) {
                byParent.computeIfAbsent(parent(layer), unused -> new ArrayList<>())
                        .add(layer);
            }
        });
        return byParent.entrySet().stream()
                .map(entry -> warning(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** The outermost module above a name that the model has not, if it is a numbered one in a module that the model has. */
    private Optional<String> layer(String name) {
        for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
            String module = name.substring(0, dot);
            if (tree.findModule(module).isEmpty()) {
                return NUMBERED.matcher(module).matches() ? Optional.of(module) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private String parent(String layer) {
        return tree.findModule(DottedPath.parent(layer)).orElseThrow();
    }

    private void addNeighbour(Load load) {
        String name = load.target().name();
        int start = 0;
        for (int end = name.indexOf('.'); end >= 0; end = name.indexOf('.', start)) {
            Map<String, Map<String, Shape>> layers = neighbours.get(name.substring(0, Math.max(0, start - 1)));
            if (layers != null) {
                layers.computeIfAbsent(name.substring(0, end), unused -> new HashMap<>())
                        .put(name.substring(end), load.value().shape());
            }
            start = end + 1;
        }
    }

    private String warning(String parent, List<String> layers) {
        Map<String, Shape> shapes = orphans.get(layers.get(0));
        List<String> alike = neighbours.get(parent).entrySet().stream()
                .filter(neighbour -> neighbour.getValue().equals(shapes))
                .map(Map.Entry::getKey)
                .toList();
        return "the model has no place for " + FirstFew.names(layers) + " of the checkpoint, but loaded "
                + FirstFew.names(alike)
                + ", which hold tensors of the same shapes: if the layers are numbered differently, these got the wrong values;"
                + " then give rename rules, such as { from = " + layers.get(layers.size() - 1) + ", to = "
                + alike.get(alike.size() - 1) + " }; on-unexpected = error refuses what is left over";
    }
}
