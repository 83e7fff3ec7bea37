package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors that stand for the leaves of an expression.
 *
 * @param under what is below; empty for an expression that does not mention it
 * @param slots the owned ones by slot
 */
record Leaves(Optional<LazyTensor> under, Map<String, LazyTensor> slots)
        implements Expression.Cases<Optional<LazyTensor>> {
    /**
     * Those that an expression reads, each once.
     *
     * @throws IllegalArgumentException if one is missing, or is another than the expression says
     */
    List<LazyTensor> of(Expression root) {
        // By identity: comparing tensors in memory would compare their bytes.
        Set<LazyTensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        return root.nodes().stream()
                .flatMap(node -> node.on(this).stream())
                .filter(seen::add)
                .toList();
    }

    @Override
    public Optional<LazyTensor> below(Expression.Below leaf) {
        LazyTensor tensor = under.orElseThrow(
                () -> new IllegalArgumentException("the expression reads what is below, and nothing is"));
        return checked("what is below", tensor, leaf);
    }

    @Override
    public Optional<LazyTensor> owned(Expression.Owned leaf) {
        LazyTensor tensor = slots.get(leaf.slot());
        if (tensor == null) {
            throw new IllegalArgumentException(
                    "the expression reads the slot `" + leaf.slot() + "`, and there are only "
                            + slots.keySet().stream().sorted().toList());
        }
        return checked("`" + leaf.slot() + "`", RawBytes.of(tensor, leaf), leaf);
    }

    @Override
    public Optional<LazyTensor> stored(Expression.Stored leaf) {
        return checked("a stored tensor", leaf.value(), leaf);
    }

    @Override
    public Optional<LazyTensor> constant(Expression.Constant leaf) {
        return Optional.empty();
    }

    @Override
    public Optional<LazyTensor> computed(Expression.Computed node) {
        return Optional.empty();
    }

    /** The same shape; the same dtype, but for floating-point numbers of up to 32 bits, which are computed with as they come. */
    private static Optional<LazyTensor> checked(String what, LazyTensor tensor, Expression leaf) {
        DType dtype = leaf.dtype();
        Shape shape = leaf.shape();
        if (!DTypeConversion.isSupported(tensor.dtype(), DType.F32)) {
            throw new IllegalArgumentException(what + " is " + tensor.dtype() + ", which has no arithmetic");
        }
        if (!tensor.shape().equals(shape) || tensor.dtype().computing() != dtype.computing()) {
            throw new IllegalArgumentException(what + " is " + tensor.dtype() + " " + tensor.shape()
                    + ", and the expression takes " + dtype + " " + shape);
        }
        return Optional.of(tensor);
    }
}
