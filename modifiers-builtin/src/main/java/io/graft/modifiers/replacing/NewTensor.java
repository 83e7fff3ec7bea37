package io.graft.modifiers.replacing;

import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.decoding.InitializerDecoder;
import io.graft.model.modules.DescribedModule;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import java.util.Optional;

/**
 * A tensor of a new module.
 *
 * @param shape its dimensions: [10, 768]
 * @param dtype of what is written; random values are rounded to it once
 * @param kind whether it can be trained
 * @param initial how it starts: zeros, ones, constant(0.5), normal(0.02), uniform(0.1), linear, kaiming-uniform, kaiming-normal,
 *     xavier-uniform or xavier-normal, as PyTorch has them. Without it, a weight of two axes and more and the bias beside it start as
 *     those of PyTorch's Linear (linear), and any other tensor must say
 */
public record NewTensor(
        Shape shape,
        @Default("f32") DType dtype,
        @Default("parameter") TensorKind kind,
        @Decode(InitializerDecoder.class) Optional<Initializer> initial) {
    DescribedModule.Tensor described() {
        return new DescribedModule.Tensor(kind, dtype, shape, initial);
    }
}
