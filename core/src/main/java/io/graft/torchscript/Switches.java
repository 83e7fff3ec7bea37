package io.graft.torchscript;

import io.graft.model.DraftTensor;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.util.Set;

/** The tensors of a program that hold the weights of its adapters: parameters of one element, which are never trained. */
final class Switches {
    private Switches() {}

    /** Such a tensor. */
    static DraftTensor of(String name, double weight) {
        return DraftTensor.initial(
                name,
                Set.of(),
                TensorKind.PARAMETER,
                false,
                LazyTensors.generate(name, DType.F32, Shape.SCALAR, index -> weight));
    }
}
