package io.graft.tensor.expression.bands;

import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.numbers.Numbers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads nothing, and tells of what would be computed as a whole from what is below. */
final class Listing implements Wholes {
    private static final TensorData NOTHING = TensorData.of(ByteBuffer.allocate(0));

    private final List<String> found = new ArrayList<>();

    /** What it is, each in a few words. */
    List<String> found() {
        return found;
    }

    @Override
    public Source source(Expression leaf) {
        return new Source(NOTHING, leaf.dtype(), leaf.shape().elementCount(), leaf instanceof Expression.Below);
    }

    @Override
    public Whole whole(String what, Step step, long count) {
        String place = count <= Computing.MOST_IN_MEMORY ? "in memory" : "in a temporary file";
        long mebibytes = (count * step.kind().bytes() + (1 << 20) - 1) >> 20;
        return told(step, count, what + " is held whole, " + mebibytes + " MiB " + place);
    }

    @Override
    public Whole norms(Step operand, Shape from, Shape to) {
        return told(operand, to.elementCount(), "norm of " + from + " to " + to + " reads what is below once more");
    }

    @Override
    public Whole inverses(Step operand, Shape shape) {
        return whole("inverse of " + shape, operand, shape.elementCount());
    }

    private Whole told(Step from, long count, String what) {
        if (new Program(from).reads(Source::isBase)) {
            found.add(what);
        }
        return new Held.Memory(Numbers.of(from.kind(), 0), count);
    }
}
