package io.graft;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a modifier tells beside the changes that it makes, in the order in which it tells it: each missing tensor and each
 * warning once. For those who implement {@link ModifierContext}.
 */
public final class ModifierNotes {
    private final List<Skipped> skipped = new ArrayList<>();
    private final Set<String> missing = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private final Map<String, Artifact> artifacts = new LinkedHashMap<>();
    private final Set<String> adapters = new LinkedHashSet<>();

    /** With nothing in them. */
    public ModifierNotes() {}

    /** Takes down what was noticed when a checkpoint was opened. */
    public void opened(SourceCheckpoint source) {
        source.checkpoint().warnings().forEach(warning -> warn("`" + source.uri() + "`: " + warning));
    }

    /** Takes down an entry of a checkpoint that is not loaded. */
    public void skipped(Skipped entry) {
        skipped.add(entry);
    }

    /** Takes down a tensor that keeps its value for want of another. */
    public void missing(String name) {
        missing.add(name);
    }

    /** Takes down what a person should know. */
    public void warn(String message) {
        warnings.add(message);
    }

    /**
     * Takes down a file that is written beside the model.
     *
     * @throws IllegalArgumentException if there is one of that name already
     */
    public void artifact(Artifact artifact) {
        if (artifacts.putIfAbsent(artifact.name(), artifact) != null) {
            throw new IllegalArgumentException("the artifact `" + artifact.name() + "` is given twice");
        }
    }

    /**
     * Takes down the files of an adapter.
     *
     * @throws IllegalArgumentException if there is a file of one of the names already
     */
    public void adapter(String adapter, List<Artifact> files) {
        files.forEach(this::artifact);
        adapters.add(adapter);
    }

    /** The adapters that have files of their own. */
    public List<String> adapters() {
        return List.copyOf(adapters);
    }

    /** The files that are written beside the model, in the order in which they were asked for. */
    public List<Artifact> artifacts() {
        return List.copyOf(artifacts.values());
    }

    /** The entries that were not loaded. */
    public List<Skipped> skipped() {
        return List.copyOf(skipped);
    }

    /** The tensors that keep their values. */
    public List<String> missing() {
        return List.copyOf(missing);
    }

    /** What a person should know. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }
}
