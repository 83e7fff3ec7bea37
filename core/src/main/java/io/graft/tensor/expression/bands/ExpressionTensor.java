package io.graft.tensor.expression.bands;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.DType;
import io.graft.tensor.DTypeConversion;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import io.graft.tensor.expression.bands.numbers.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The value of an expression, computed when it is read. */
record ExpressionTensor(Expression root, String operation, Leaves leaves, long mostInMemory) implements ComputedTensor {
    /**
     * @param mostInMemory of elements that bands cannot give; what is larger waits in a file
     * @throws IllegalArgumentException if a tensor is missing that the expression reads, or is another than it says
     */
    ExpressionTensor {
        leaves.of(root);
        if (!DTypeConversion.isSupported(root.dtype(), root.dtype())) {
            throw new IllegalArgumentException(
                    "an expression cannot give " + root.dtype() + "; cast it to BF16, F16 or F32");
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
        return leaves.of(root);
    }

    @Override
    public List<String> extraPasses() {
        return ExpressionTensors.wholeNodes(root);
    }

    @Override
    public TensorData materialize() throws IOException {
        try {
            Step step = new BandCompiler(new Computing(leaves, mostInMemory))
                    .evaluate(unrounded())
                    .step();
            Program program = new Program(step);
            return TensorData.computed(
                    program.isDivisible(), dtype(), shape().elementCount(), new Bands(program, dtype()));
        } catch (UncheckedIOException unreadable) {
            throw unreadable.getCause();
        }
    }

    /** Without a cast at the root to 16 bits, which whoever asks for the bytes or the elements does anyway. */
    private Expression unrounded() {
        boolean isRounding = root instanceof Expression.Computed cast
                && cast.operation() instanceof Operation.Cast
                && root.dtype().isFloatingPoint()
                && root.dtype().bits() < Float.SIZE
                && Kind.of(cast.operands().get(0).dtype()) == Kind.FLOATS;
        return isRounding ? ((Expression.Computed) root).operands().get(0) : root;
    }
}
