package io.graft.layer;

import io.graft.problem.Suggestions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A name that stands for no module that it could, and what helps.
 *
 * @param message what the name is instead
 */
public record UnmatchedName(String message, String help) {
    /** A name of layers, which may be that of a module which holds some. */
    public static UnmatchedName ofLayers(String name, Collection<String> modules) {
        Optional<String> inside = modules.stream()
                .filter(module -> module.startsWith(name + ".") || module.contains("." + name + "."))
                .findFirst();
        return inside.map(layer -> new UnmatchedName(
                        "`" + name + "` names a module that holds others", "name the layers in it, as `" + layer + "`"))
                .orElseGet(() -> ofModules(name, modules));
    }

    /** A name of modules. */
    public static UnmatchedName ofModules(String name, Collection<String> modules) {
        return new UnmatchedName("`" + name + "` names no module of the model", nearest(name, modules));
    }

    /** Names are compared by as many segments as the entry has. */
    public static String nearest(String name, Collection<String> among) {
        int segments = name.split("\\.", -1).length;
        List<String> ends =
                among.stream().map(module -> end(module, segments)).distinct().toList();
        String nearest = Suggestions.didYouMean(name, ends);
        return nearest.isEmpty()
                ? "names are whole, or the dotted ends of names; strict = false passes over it"
                : nearest;
    }

    private static String end(String module, int segments) {
        String[] all = module.split("\\.", -1);
        List<String> last = new ArrayList<>(List.of(all).subList(Math.max(0, all.length - segments), all.length));
        return String.join(".", last);
    }
}
