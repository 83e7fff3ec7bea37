package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A product of low rank, to be added to what a layer computes.
 *
 * @param left {@code [out, rank]}
 * @param right {@code [rank, in]}
 * @param inputDropout the part of the inputs that it does not see in training
 */
record Branch(NDArray left, NDArray right, double scale, double inputDropout) {
    /**
     * What a layer computes, with branches.
     *
     * @param scope takes what is computed on the way, the output without branches too
     */
    static NDArray add(List<Branch> branches, NDArray output, NDArray input, boolean training, NDManager scope) {
        NDArray sum = output;
        for (Branch branch : branches) {
            NDArray more = sum.add(branch.of(input, training, scope));
            sum.attach(scope);
            sum = more;
        }
        return sum;
    }

    /** The same without gradients: threads that did not start the engine record operations even in inference. */
    Branch still(UnaryOperator<NDArray> keep) {
        return new Branch(keep.apply(left.stopGradient()), keep.apply(right.stopGradient()), scale, inputDropout);
    }

    private NDArray of(NDArray input, boolean training, NDManager scope) {
        NDArray seen = inputDropout == 0 || !training
                ? input
                : kept(Dropout.dropout(input, (float) inputDropout, true), scope);
        NDArray narrow = kept(Linear.linear(seen, right), scope);
        NDArray wide = kept(Linear.linear(narrow, left), scope);
        return scale == 1 ? wide : kept(new NDList(wide.mul(scale)), scope);
    }

    private static NDArray kept(NDList result, NDManager scope) {
        result.attach(scope);
        return result.singletonOrThrow();
    }
}
