package io.graft.tensor.expression;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.List;

/**
 * What may be done with tensors: a closed and small vocabulary, enough for every parametrization and every layout of quantized
 * weights that Graft knows of. Each operation calls its own method of an {@link Evaluator}, so that a new one does not compile
 * until every evaluator has it.
 *
 * <p>Arithmetic is done and given in 32-bit floating-point numbers, or in 64 bits where an operand has them; integers count as
 * 32-bit numbers. What only moves elements keeps their dtype.
 */
public sealed interface Operation {
    /**
     * The shape of the result.
     *
     * @throws IllegalArgumentException if the operands do not fit
     */
    Shape shape(List<Expression> operands);

    /**
     * The dtype of the result.
     *
     * @throws IllegalArgumentException if the operation cannot be done with the operands' dtypes
     */
    DType dtype(List<Expression> operands);

    /** Calls the evaluator's method for this operation. */
    <T> T on(Evaluator<T> evaluator, List<T> operands);

    /** Arithmetic on two tensors, element by element; axes are broadcast as in PyTorch. */
    enum Arithmetic implements Operation {
        ADD,
        SUBTRACT,
        MULTIPLY,
        DIVIDE;

        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.broadcast(this, Inference.two(this, operands));
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return Inference.arithmetic(this, operands);
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.arithmetic(this, operands.get(0), operands.get(1));
        }
    }

    /** A function of each element, or of each matrix. */
    enum Function implements Operation {
        /** The value, which takes no gradient. */
        DETACH,
        SQRT,
        EXP,
        /** The inverse of the square matrices that the last two axes hold. */
        INVERSE;

        @Override
        public Shape shape(List<Expression> operands) {
            Expression operand = Inference.one(this, operands);
            return this == INVERSE ? Inference.square(this, operand) : operand.shape();
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return this == DETACH ? operands.get(0).dtype() : Inference.arithmetic(this, operands);
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.function(this, operands.get(0));
        }
    }

    /** The product of the matrices {@code [..., n, k]} and {@code [..., k, m]}; leading axes are a batch and equal. */
    record MatMul() implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.product(this, Inference.two(this, operands));
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return Inference.arithmetic(this, operands);
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.matMul(operands.get(0), operands.get(1));
        }
    }

    /** The same elements in the same order, in another shape. */
    record Reshape(Shape to) implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.reshaped(this, Inference.one(this, operands), to);
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return operands.get(0).dtype();
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.reshape(to, operands.get(0));
        }
    }

    /**
     * Axes in another order.
     *
     * @param axes for each axis of the result the one of the operand
     */
    record Permute(List<Integer> axes) implements Operation {
        public Permute {
            axes = List.copyOf(axes);
        }

        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.permuted(this, Inference.one(this, operands), axes);
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return operands.get(0).dtype();
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.permute(axes, operands.get(0));
        }
    }

    /** A range of one axis. */
    record Slice(int axis, long from, long length) implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.sliced(this, Inference.one(this, operands), axis, from, length);
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return operands.get(0).dtype();
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.slice(axis, from, length, operands.get(0));
        }
    }

    /** Tensors one after the other along an axis; of different dtypes, in the one that arithmetic would give. */
    record Concat(int axis) implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.joined(this, operands, axis);
        }

        @Override
        public DType dtype(List<Expression> operands) {
            boolean same = operands.stream().map(Expression::dtype).distinct().count() == 1;
            return same ? operands.get(0).dtype() : Inference.arithmetic(this, operands);
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.concat(axis, operands);
        }
    }

    /**
     * Each element along an axis several times in a row, as PyTorch's {@code repeat_interleave}, cut to a length: a scale for each
     * block, the last of which may be short.
     */
    record Repeat(int axis, long times, long length) implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.repeated(this, Inference.one(this, operands), axis, times, length);
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return operands.get(0).dtype();
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.repeat(axis, times, length, operands.get(0));
        }
    }

    /** The Euclidean norm over some axes, which stay with a length of 1. */
    record Norm(List<Integer> axes) implements Operation {
        public Norm {
            axes = List.copyOf(axes);
        }

        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.reduced(this, Inference.one(this, operands), axes);
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return Inference.arithmetic(this, operands);
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.norm(axes, operands.get(0));
        }
    }

    /** Another dtype; rounds where it stands, as PyTorch does. */
    record Cast(DType to) implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.one(this, operands).shape();
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return Inference.converted(this, operands.get(0), to);
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.cast(to, operands.get(0));
        }
    }

    /** Rows of a table {@code [n, ...]} by integer indices of any shape: {@code [indices..., ...]}. */
    record Lookup() implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.lookedUp(this, Inference.two(this, operands));
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return operands.get(0).dtype();
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.lookup(operands.get(0), operands.get(1));
        }
    }

    /**
     * Unsigned numbers out of bit fields that lie without gaps in integers, row by row along the last axis. A field that one integer
     * cannot hold to its end goes on in the next.
     *
     * @param bits of each field, 1 to 16
     * @param highFirst whether fields begin at the highest bit of each integer and have their own highest bit first; else they begin
     *     at the lowest and have that first
     * @param to shape of the numbers: that of the integers but for the last axis
     */
    record Unpack(int bits, boolean highFirst, Shape to) implements Operation {
        @Override
        public Shape shape(List<Expression> operands) {
            return Inference.unpacked(this, Inference.one(this, operands), bits, to);
        }

        @Override
        public DType dtype(List<Expression> operands) {
            return DType.I32;
        }

        @Override
        public <T> T on(Evaluator<T> evaluator, List<T> operands) {
            return evaluator.unpack(bits, highFirst, to, operands.get(0));
        }
    }
}
