package io.graft.tensor.expression;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The tensors that stand for the leaves of an expression.
 *
 * @param below empty for an expression that does not mention it
 * @param owned by slot
 */
record Leaves(Optional<LazyTensor> below, Map<String, LazyTensor> owned) {
    /**
     * Those that an expression reads, each once.
     *
     * @throws IllegalArgumentException if one is missing, or is another than the expression says
     */
    List<LazyTensor> of(Expression root) {
        return Nodes.of(root).stream().flatMap(this::of1).distinct().toList();
    }

    private Stream<LazyTensor> of1(Expression node) {
        return node.on(new Expression.Cases<>() {
            @Override
            public Stream<LazyTensor> below(Expression.Below leaf) {
                return Stream.of(tensor(leaf));
            }

            @Override
            public Stream<LazyTensor> owned(Expression.Owned leaf) {
                return Stream.of(tensor(leaf));
            }

            @Override
            public Stream<LazyTensor> stored(Expression.Stored leaf) {
                return Stream.of(tensor(leaf));
            }

            @Override
            public Stream<LazyTensor> constant(Expression.Constant leaf) {
                return Stream.empty();
            }

            @Override
            public Stream<LazyTensor> computed(Expression.Computed computed) {
                return Stream.empty();
            }
        });
    }

    LazyTensor tensor(Expression.Below leaf) {
        LazyTensor tensor = below.orElseThrow(
                () -> new IllegalArgumentException("the expression reads what is below, and nothing is"));
        return checked("what is below", tensor, leaf.shape(), leaf.dtype());
    }

    LazyTensor tensor(Expression.Owned leaf) {
        LazyTensor tensor = owned.get(leaf.slot());
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "the expression reads the slot `" + leaf.slot() + "`, and there are only "
                            + owned.keySet().stream().sorted().toList());
        }
        return checked("`" + leaf.slot() + "`", tensor, leaf.shape(), leaf.dtype());
    }

    LazyTensor tensor(Expression.Stored leaf) {
        return checked("a stored tensor", leaf.value(), leaf.shape(), leaf.dtype());
    }

    /** The same shape; the same dtype, but for floating-point numbers of up to 32 bits, which are computed with as they come. */
    private static LazyTensor checked(String what, LazyTensor tensor, Shape shape, DType dtype) {
        if (!DTypeConversion.isSupported(tensor.dtype(), DType.F32)) {
            throw new IllegalArgumentException(what + " is " + tensor.dtype() + ", which has no arithmetic");
        }
        if (!tensor.shape().equals(shape) || tensor.dtype().computing() != dtype.computing()) {
            throw new IllegalArgumentException(what + " is " + tensor.dtype() + " " + tensor.shape()
                    + ", and the expression takes " + dtype + " " + shape);
        }
        return tensor;
    }
}
