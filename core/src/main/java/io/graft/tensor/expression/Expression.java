package io.graft.tensor.expression;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a tensor is, in terms of others: a directed graph without circles, whose leaves are tensors and whose other nodes are
 * {@link Operation operations}. Shape and dtype are inferred when a node is made, so that a misfit is found when it is planned.
 *
 * <p>A node that several others use is computed once; therefore nodes are equal only to themselves. Nodes are made by the static
 * methods of {@link Expressions}.
 */
public sealed interface Expression {
    Shape shape();

    DType dtype();

    /** Calls the method for the case that this is. */
    <T> T on(Cases<T> cases);

    /** This and all that it is computed from, each node once, operands before what is computed from them. */
    default List<Expression> nodes() {
        return Nodes.of(this);
    }

    /** Whether a condition holds for this or for anything that it is computed from. */
    default boolean anyMatch(Predicate<Expression> condition) {
        for (Expression node : nodes()) {
            if (condition.test(node)) {
                return true;
            }
        }
        return false;
    }

    /** One method for each case. */
    interface Cases<T> {
        T below(Below below);

        T owned(Owned owned);

        T stored(Stored stored);

        T constant(Constant constant);

        T computed(Computed computed);
    }

    /** The value under a parametrization: the stored tensor, or what the parametrizations below this one give. */
    record Below(Shape shape, DType dtype) implements Expression {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.below(this);
        }
    }

    /**
     * A tensor that the parametrization owns, and that may be trained. As U8 of as many elements as a tensor of another dtype has
     * bytes, it is these bytes.
     *
     * @param slot the parametrization's own name for it
     */
    record Owned(String slot, Shape shape, DType dtype) implements Expression {
        @Override
        public <T> T on(Cases<T> cases) {
            return cases.owned(this);
        }
    }

    /** A tensor that lies somewhere and is never trained. */
    record Stored(LazyTensor value) implements Expression {
        @Override
        public Shape shape() {
            return value.shape();
        }

        @Override
        public DType dtype() {
            return value.dtype();
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.stored(this);
        }
    }

    /** A number, which is rounded to what it is computed with and never makes that wider. */
    record Constant(double value) implements Expression {
        @Override
        public Shape shape() {
            return Shape.SCALAR;
        }

        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.constant(this);
        }
    }

    /** An operation on other expressions. */
    final class Computed implements Expression {
        private final Operation operation;
        private final List<Expression> operands;
        private final Shape shape;
        private final DType dtype;

        /**
         * @throws IllegalArgumentException if the operands do not fit the operation; the message has their shapes
         */
        public Computed(Operation operation, List<Expression> operands) {
            this.operation = operation;
            this.operands = List.copyOf(operands);
            this.shape = operation.shape(this.operands);
            this.dtype = operation.dtype(this.operands);
        }

        public Operation operation() {
            return operation;
        }

        public List<Expression> operands() {
            return operands;
        }

        @Override
        public Shape shape() {
            return shape;
        }

        @Override
        public DType dtype() {
            return dtype;
        }

        @Override
        public <T> T on(Cases<T> cases) {
            return cases.computed(this);
        }
    }
}
