package io.graft.model;

import io.graft.model.parametrization.Applied;
import io.graft.model.training.TensorKind;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Which modules of a state dict are frozen: those with parameters, none of which is trained, nor anything that one is computed from. */
public final class FrozenModules {
    private final Set<String> holding = new HashSet<>();
    private final Set<String> trained = new HashSet<>();

    /**
     * @param tensors the state dict
     */
    public FrozenModules(Collection<DraftTensor> tensors) {
        Set<String> trainable = tensors.stream()
                .filter(DraftTensor::trainable)
                .map(DraftTensor::name)
                .collect(Collectors.toSet());
        for (DraftTensor tensor : tensors) {
            if (tensor.kind() == TensorKind.PARAMETER) {
                addAround(tensor.name(), holding);
            }
            if (trainable.contains(tensor.name()) || isComputedFrom(trainable, tensor)) {
                addAround(tensor.name(), trained);
            }
        }
    }

    private static boolean isComputedFrom(Set<String> trainable, DraftTensor tensor) {
        return tensor.parametrizations().stream()
                .flatMap(applied -> applied.owned().values().stream())
                .map(Applied.Owned::name)
                .anyMatch(trainable::contains);
    }

    /** The modules around a tensor; those further out are there already where one is. */
    private static void addAround(String tensor, Set<String> modules) {
        int end = tensor.lastIndexOf('.');
        while (end > 0 && modules.add(tensor.substring(0, end))) {
            end = tensor.lastIndexOf('.', end - 1);
        }
        modules.add("");
    }

    /** Whether the module of a path is. */
    public boolean contains(String path) {
        return holding.contains(path) && !trained.contains(path);
    }
}
