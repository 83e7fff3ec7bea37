package io.graft.model.rules;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Elements of tensors at other places, bit for bit whatever they mean.
 *
 * @param bits where each comes from, of integers as wide as the elements
 */
record MovedTensor(String operation, DType dtype, List<LazyTensor> inputs, Expression bits) implements ComputedTensor {
    MovedTensor {
        inputs = List.copyOf(inputs);
    }

    /**
     * The elements of a tensor, to be moved.
     *
     * @throws IllegalArgumentException if elements of its dtype cannot be
     */
    static Expression bitsOf(LazyTensor tensor) {
        return tensor instanceof MovedTensor moved
                ? moved.bits
                : Expressions.stored(new Bits(tensor, carrier(tensor.dtype())));
    }

    /** What is moved without a look at its bits. */
    private static DType carrier(DType dtype) {
        return switch (dtype.bits()) {
            case 8 -> DType.U8;
            case 16 -> DType.U16;
            case 32 -> dtype == DType.F32 ? DType.F32 : DType.U32;
            case 64 -> dtype == DType.F64 ? DType.F64 : DType.U64;
            default -> throw new IllegalArgumentException("elements of " + dtype + " cannot be moved one by one");
        };
    }

    @Override
    public Shape shape() {
        return bits.shape();
    }

    @Override
    public List<String> extraPasses() {
        return ExpressionTensors.wholeNodes(bits);
    }

    @Override
    public TensorData materialize() throws IOException {
        return ExpressionTensors.evaluate(bits, operation, Optional.empty(), Map.of())
                .materialize();
    }

    /**
     * A tensor's bytes as others.
     *
     * @param dtype as wide as the tensor's
     */
    private record Bits(LazyTensor tensor, DType dtype) implements ComputedTensor {
        @Override
        public Shape shape() {
            return tensor.shape();
        }

        @Override
        public String operation() {
            return "bits";
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of(tensor);
        }

        @Override
        public TensorData materialize() throws IOException {
            return tensor.materialize();
        }
    }
}
