package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import io.graft.djl.array.EngineNumbers;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A product of low rank, to be added to what a layer computes.
 *
 * @param left {@code [out, rank]}
 * @param right {@code [rank, in]}
 * @param inputDropout the part of the inputs that it does not see in training
 * @param rows those that it is added to; every one if not given
 */
record Branch(NDArray left, NDArray right, double scale, double inputDropout, Optional<MixedRows.Rows> rows) {
    /** Where branches put what they compute. */
    interface Place {
        /** Takes what is computed on the way. */
        NDManager scope();

        /**
         * Some rows of an input, or of what is computed of it.
         *
         * @throws IllegalStateException if the input does not have the rows of the batch
         */
        NDIndex index(MixedRows.Rows rows, NDArray input);
    }

    /** What a layer computes, with branches; the output without them goes the way of all that is computed. */
    static NDArray add(List<Branch> branches, NDArray output, NDArray input, boolean training, Place place) {
        NDArray sum = output;
        for (Branch branch : branches) {
            if (branch.rows.isPresent()) {
                NDIndex rows = place.index(branch.rows.get(), input);
                NDArray own = kept(input.get(rows), place);
                NDArray below = kept(sum.get(rows), place);
                sum.set(rows, kept(below.add(branch.of(own, training, place)), place));
            } else {
                NDArray more = branch.onTopOf(sum, input, training, place);
                more.attach(sum.getManager());
                sum.attach(place.scope());
                sum = more;
            }
        }
        return sum;
    }

    /** The same without gradients: threads that did not start the engine record operations even in inference. */
    Branch still(UnaryOperator<NDArray> keep) {
        return new Branch(keep.apply(left.stopGradient()), keep.apply(right.stopGradient()), scale, inputDropout, rows);
    }

    /** With what a layer computes for all rows, which are added to while the second factor is multiplied with. */
    private NDArray onTopOf(NDArray sum, NDArray input, boolean training, Place place) {
        Shape shape = input.getShape();
        if (shape.dimension() < 2) {
            return sum.add(of(input, training, place));
        }
        NDArray narrow = narrow(view(FlatRows.of(input), input, place), training, place);
        NDArray rows = view(FlatRows.of(sum), sum, place);
        return FlatRows.back(Linear.linear(narrow, left, rows).singletonOrThrow(), shape);
    }

    private NDArray of(NDArray input, boolean training, Place place) {
        return kept(Linear.linear(narrow(input, training, place), left), place);
    }

    /** {@code [.., rank]}, of which the scale is a part: there are fewer numbers here than behind. */
    private NDArray narrow(NDArray input, boolean training, Place place) {
        NDArray seen = inputDropout == 0 || !training
                ? input
                : kept(Dropout.dropout(input, (float) inputDropout, true), place);
        NDArray narrow = kept(Linear.linear(seen, right), place);
        return scale == 1 ? narrow : kept(EngineNumbers.times(narrow, scale), place);
    }

    private static NDArray view(NDArray view, NDArray of, Place place) {
        return view == of ? of : kept(view, place);
    }

    private static NDArray kept(NDList result, Place place) {
        return kept(result.singletonOrThrow(), place);
    }

    private static NDArray kept(NDArray result, Place place) {
        result.attach(place.scope());
        return result;
    }
}
