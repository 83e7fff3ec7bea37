package com.example.pruning;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Default;
import io.graft.config.Each;
import io.graft.config.Exclusive;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.tree.Selector;
import java.util.List;
import java.util.Optional;

/**
 * Options of the pruning modifier.
 *
 * @param tensors what to prune: paths of modules or tensors such as {@code encoder} or {@code processor.0.query.weight}, with
 *     {@code *} for one segment and {@code **} for any number
 * @param amount how much of the elements to set to zero, as a fraction; rounded to whole elements, a half to the even number
 * @param count how many elements to set to zero, in place of {@code amount}
 * @param scope whether amount and least magnitude are those of each tensor ({@code local}) or of all together ({@code global})
 * @param minDimensions how many dimensions a tensor must have to be pruned; with 2, biases and norms stay as they are
 */
@Exclusive({"amount", "count"})
public record PruningOptions(
        @NotEmpty @Each(unique = true) List<Selector> tensors,
        @Range(min = 0, exclusiveMin = true, max = 1) Optional<Double> amount,
        @Range(min = 1) Optional<Long> count,
        @Default("local") Scope scope,
        @Default("2") @Range(min = 0) int minDimensions) {
    public PruningOptions {
        tensors = List.copyOf(tensors);
    }

    @Check
    static void amountOrCount(PruningOptions options, CheckSink sink) {
        if (options.amount().isEmpty() && options.count().isEmpty()) {
            sink.onOptions().error("give `amount` or `count`");
        }
    }

    /** How many of so many elements are to be zero, as PyTorch rounds. */
    long prunedOf(long elements) {
        return count.orElseGet(() -> (long) Math.rint(amount.orElseThrow() * elements));
    }
}
