package io.graft.tensor.expression.bands;

import io.graft.tensor.ComputedTensor;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes tensors of expressions. */
public final class ExpressionTensors {
    private ExpressionTensors() {}

    /**
     * The value of an expression as a tensor, which is computed band by band when it is read, by as many threads as read it: no
     * tensor is ever whole in memory but those that are small, and what {@link #wholeNodes} tells.
     *
     * <p>Arithmetic is done in 32 bits, in 64 where the node has them, and rounds nowhere else than at a cast. An element's value does
     * not depend on how the work is divided.
     *
     * @param operation what is done, in a few words, for reports
     * @param below the value under the parametrization; empty for an expression that does not mention it. Floating-point numbers of up
     *     to 32 bits may come in another type than the expression says: they are computed with as they come
     * @param owned the tensors by slot; others than the expression reads are no inputs
     * @throws IllegalArgumentException if a tensor is missing that the expression reads, or is another than it says
     */
    public static ComputedTensor evaluate(
            Expression root, String operation, Optional<LazyTensor> below, Map<String, LazyTensor> owned) {
        return new ExpressionTensor(root, operation, new Leaves(below, Map.copyOf(owned)), Computing.MOST_IN_MEMORY);
    }

    /**
     * What bands of the base cannot give when an expression is evaluated, in words: each takes a pass of its own over what is below, or
     * is held whole, in memory or in a temporary file. Empty for most.
     */
    public static List<String> wholeNodes(Expression root) {
        Listing listing = new Listing();
        new BandCompiler(listing).evaluate(root);
        return listing.found();
    }
}
