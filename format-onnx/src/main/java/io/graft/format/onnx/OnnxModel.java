package io.graft.format.onnx;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is read of a model.
 *
 * @param metadata who made it, its versions, and the properties that were saved with it
 * @param sparse names of sparse initializers, which are not read
 */
record OnnxModel(List<Initializer> initializers, List<Node> nodes, Map<String, String> metadata, List<String> sparse) {
    OnnxModel {
        initializers = List.copyOf(initializers);
        nodes = List.copyOf(nodes);
        sparse = List.copyOf(sparse);
    }

    /** The files that tensors lie in beside the model, as it names them. */
    Set<String> externalFiles() {
        return initializers.stream()
                .map(Initializer::external)
                .filter(place -> !place.isEmpty())
                .map(place -> place.getOrDefault("location", ""))
                .collect(Collectors.toUnmodifiableSet());
    }
}
