package io.graft.cli.config;

import io.graft.checkpoint.Checkpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model whose names serve as examples.
 *
 * @param path as a person wrote it
 * @param modules the first segments of its names, with how many tensors are under each, in the order of the file
 */
record ExampleModel(String path, Map<String, Integer> modules) {
    private static final int SHOWN = 12;

    static ExampleModel of(String path, Checkpoint checkpoint) {
        Map<String, Integer> modules = new LinkedHashMap<>();
        checkpoint.tensors().keySet().forEach(name -> modules.merge(name.split("\\.", 2)[0], 1, Integer::sum));
        return new ExampleModel(path, modules);
    }

    /** A module or, where there are none, a tensor. */
    String name() {
        return modules.keySet().stream().findFirst().orElse("encoder");
    }

    /** What there is, for a comment. */
    String summary() {
        List<String> shown = new ArrayList<>();
        modules.forEach((name, count) -> shown.add(name + " (" + count + ")"));
        int more = shown.size() - SHOWN;
        return String.join(", ", shown.subList(0, Math.min(SHOWN, shown.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
