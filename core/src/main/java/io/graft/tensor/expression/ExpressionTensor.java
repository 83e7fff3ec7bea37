package io.graft.tensor.expression;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The value of an expression, computed when it is read. */
record ExpressionTensor(Expression root, String operation, Optional<LazyTensor> below, Map<String, LazyTensor> owned)
        implements ComputedTensor {
    /**
     * @throws IllegalArgumentException if a tensor is missing that the expression reads, or is another than it says
     */
    ExpressionTensor {
        owned = Map.copyOf(owned);
        new Leaves(below, owned).of(root);
        if (!io.graft.tensor.DTypeConversion.isSupported(root.dtype(), root.dtype())) {
            throw new IllegalArgumentException("an expression cannot give " + root.dtype() + "; cast it");
        }
    }

    @Override
    public DType dtype() {
        return root.dtype();
    }

    @Override
    public Shape shape() {
        return root.shape();
    }

    @Override
    public List<LazyTensor> inputs() {
        return new Leaves(below, owned).of(root);
    }

    @Override
    public TensorData materialize() throws IOException {
        try {
            return new Reference(below.orElse(null), owned).evaluate(root).bytes();
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }
}
