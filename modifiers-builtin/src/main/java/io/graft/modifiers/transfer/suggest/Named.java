package io.graft.modifiers.transfer.suggest;

import io.graft.tensor.Shape;
import java.util.List;

/** A tensor of a state dict. */
public record Named(String name, Shape shape) {
    private static final List<String> WEIGHTS = List.of("weight", "gamma", "kernel", "embedding");
    private static final List<String> BIASES = List.of("bias", "beta");

    List<String> segments() {
        return List.of(name.split("\\."));
    }

    /** The path of what holds it; its own name, if nothing does. */
    String module() {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** What its last segment says that it is; libraries have several words for weights and biases. */
    String kind() {
        String last = name.substring(name.lastIndexOf('.') + 1);
        return WEIGHTS.contains(last) ? WEIGHTS.get(0) : BIASES.contains(last) ? BIASES.get(0) : last;
    }
}
