package io.graft.format.onnx;

import java.util.List;
import java.util.Optional;

/**
 * An operation of the graph.
 *
 * @param module path of the module that it was exported from, where the exporter tells it
 * @param transposesB whether it multiplies by its second input transposed
 */
record Node(String operation, Optional<String> module, List<String> inputs, List<String> outputs, boolean transposesB) {
    Node {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /**
     * The module that PyTorch's exporters tell: the older one in the node's name ({@code /encoder/layer.0/query/MatMul}), the newer
     * one in a property that lists the modules around a node ({@code : Model/encoder: Block/encoder.query: Linear/linear: aten.linear}).
     */
    static Optional<String> module(String name, String namespace) {
        List<String> scopes = List.of(namespace.split("/"));
        if (scopes.size() > 1) {
            String scope = scopes.get(scopes.size() - 2);
            return Optional.of(scope.substring(0, Math.max(0, scope.indexOf(':'))))
                    .filter(path -> !path.isEmpty());
        }
        int end = name.lastIndexOf('/');
        return name.startsWith("/") && end > 0
                ? Optional.of(name.substring(1, end).replace('/', '.'))
                : Optional.empty();
    }
}
