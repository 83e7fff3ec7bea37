package io.graft.cli.inspect;

import io.graft.checkpoint.TensorEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A module, or a tensor, of a checkpoint with the totals of what is below it. */
final class ModuleSummary {
    /** Names may have more segments than a stack has frames; from here on they are one. */
    private static final int DEEPEST = 32;

    private final String path;
    private final String segment;
    private final Map<String, ModuleSummary> children = new LinkedHashMap<>();
    private TensorEntry tensor;
    private int tensors;
    private long elements;
    private long bytes;

    private ModuleSummary(String path, String segment) {
        this.path = path;
        this.segment = segment;
    }

    /** The tree that the names of tensors span, from its root, which has no name. */
    static ModuleSummary of(Collection<TensorEntry> entries) {
        ModuleSummary root = new ModuleSummary("", "");
        for (TensorEntry entry : entries) {
            ModuleSummary node = root;
            node.count(entry);
            for (String segment : entry.name().split("\\.", DEEPEST)) {
                node = node.child(segment);
                node.count(entry);
            }
            node.tensor = entry;
        }
        return root;
    }

    private ModuleSummary child(String name) {
        return children.computeIfAbsent(name, key -> new ModuleSummary(path.isEmpty() ? key : path + "." + key, key));
    }

    private void count(TensorEntry entry) {
        tensors++;
        elements += entry.shape().elementCount();
        bytes += entry.data().byteCount();
    }

    String path() {
        return path;
    }

    String segment() {
        return segment;
    }

    /** What it holds, in the order of the file. */
    List<ModuleSummary> children() {
        return List.copyOf(children.values());
    }

    /** The tensor of this very name; null for one that is only a module. */
    TensorEntry tensor() {
        return tensor;
    }

    int tensors() {
        return tensors;
    }

    long elements() {
        return elements;
    }

    long bytes() {
        return bytes;
    }

    /** Every module below this one, and their modules, each before its own. */
    List<ModuleSummary> modules() {
        List<ModuleSummary> modules = new ArrayList<>();
        for (ModuleSummary child : children.values()) {
            if (!child.children.isEmpty()) {
                modules.add(child);
                modules.addAll(child.modules());
            }
        }
        return modules;
    }

    /** What makes two modules alike: names, dtypes and shapes of all that is below. */
    List<Object> structure() {
        List<Object> structure = new ArrayList<>();
        if (tensor != null) {
            structure.add(List.of(tensor.dtype(), tensor.shape()));
        }
        children.forEach((name, child) -> structure.add(List.of(name, child.structure())));
        return structure;
    }
}
