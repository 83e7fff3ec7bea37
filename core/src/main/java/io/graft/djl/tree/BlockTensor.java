package io.graft.djl.tree;

import ai.djl.nn.Parameter;
import io.graft.djl.array.BaseArray;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.array.RawArrays;
import io.graft.model.training.TensorKind;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.util.List;
import java.util.Optional;

/**
 * A parameter's values as they are in the live block at the time when they are read.
 *
 * @param name the name that the block has for it
 */
public record BlockTensor(String name, Parameter parameter, DType dtype, Shape shape) implements LazyTensor {
    static BlockTensor of(String name, Parameter parameter) {
        return new BlockTensor(name, parameter, RawArrays.dtype(parameter), RawArrays.shape(parameter));
    }

    /**
     * DJL has no buffers. Integers and booleans, which cannot be trained, are taken for one, and so are running statistics
     * and a parameter of type {@code OTHER} that takes no gradient; a weight, bias or scale without gradient is frozen.
     */
    TensorKind kind() {
        if (!dtype.isFloatingPoint() && !dtype.isComplex()) {
            return TensorKind.BUFFER;
        }
        return switch (parameter.getType()) {
            case RUNNING_MEAN, RUNNING_VAR -> TensorKind.BUFFER;
            case OTHER -> parameter.requiresGradient() ? TensorKind.PARAMETER : TensorKind.BUFFER;
            case WEIGHT, BIAS, GAMMA, BETA -> TensorKind.PARAMETER;
        };
    }

    @Override
    public List<LazyTensor> inputs() {
        return List.of();
    }

    @Override
    public Provenance provenance() {
        return new Provenance.Initial(name);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if a storage holds the values in the place of the parameter
     */
    @Override
    public TensorData materialize() {
        if (BaseArray.isAbsent(parameter)) {
            throw new IllegalStateException("the numbers of `" + name + "` were given up when it was quantized");
        }
        return new LiveTensorData(parameter.getArray());
    }

    /** A parameter that stands in two places of a block has two names and one array. */
    @Override
    public Optional<Object> storage() {
        return Optional.of(parameter);
    }
}
