package io.graft.model.modules;

import io.graft.model.training.TensorKind;
import io.graft.model.tree.DottedPath;
import io.graft.model.tree.ModuleSpec;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A module that is told by its tensors.
 *
 * @param type the layer's type for people, {@code Linear}; empty if unknown
 * @param seed random values follow from it and from the tensors' names
 * @param tensors by name in the module, in order
 */
public record DescribedModule(String type, long seed, Map<String, Tensor> tensors) implements ModuleSource {
    /**
     * What a tensor is like.
     *
     * @param initial how it starts; without one, a weight of two axes and more and the bias beside it start as those of PyTorch's
     *     Linear do
     */
    public record Tensor(TensorKind kind, DType dtype, Shape shape, Optional<Initializer> initial) {}

    /**
     * @throws IllegalArgumentException if there are no tensors
     */
    public DescribedModule {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("a module that is told by its tensors has one at least");
        }
    }

    @Override
    public String description() {
        return type.isEmpty() ? "tensors" : type;
    }

    @Override
    public List<ModuleSpec> modules() {
        return List.of(new ModuleSpec("", type, Set.of()));
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a tensor needs an initializer, or has one that does not fit
     */
    @Override
    public List<ModuleTensor> tensors(String path) {
        return tensors.entrySet().stream()
                .map(entry -> new ModuleTensor(
                        entry.getKey(), entry.getValue().kind(), initial(path, entry.getKey(), entry.getValue())))
                .toList();
    }

    private LazyTensor initial(String path, String name, Tensor tensor) {
        Shape weight = weightOf(name, tensor);
        String full = path + "." + name;
        Initializer initializer = tensor.initial().orElseGet(() -> {
            if (weight.rank() < 2) {
                throw new IllegalArgumentException("`" + full + "` has shape " + tensor.shape()
                        + ", for which there is no usual start: say how it starts, " + Initializer.allowed());
            }
            return Initializer.of(Initializer.Kind.LINEAR);
        });
        return initializer.tensor(seed, full, tensor.dtype(), tensor.shape(), weight);
    }

    /** What a bias adds to is what its fans are counted of. */
    private Shape weightOf(String name, Tensor tensor) {
        Tensor weight = tensor.shape().rank() == 1 && DottedPath.last(name).equals("bias")
                ? tensors.get(name.substring(0, name.length() - "bias".length()) + "weight")
                : null;
        return weight == null ? tensor.shape() : weight.shape();
    }
}
