package com.example.loha;

import io.graft.config.Default;
import io.graft.config.Each;
import io.graft.config.Matches;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.tree.Selector;
import java.util.List;

/**
 * Options of the LoHa modifier.
 *
 * @param tensors what to adapt: paths of modules or tensors such as {@code encoder} or {@code processor.0.query.weight}, with
 *     {@code *} for one segment and {@code **} for any number; of these, the weights of two and more dimensions
 * @param rank of each of the two products
 * @param alpha what the update is multiplied by, divided by the rank
 * @param adapter the adapter's name
 * @param seed of the factors' initial values, which differ from tensor to tensor all the same
 */
public record LohaOptions(
        @NotEmpty @Each(unique = true) List<Selector> tensors,
        @Default("8") @Range(min = 1) int rank,
        @Default("8") double alpha,
        @Default("default") @Matches("[^.]+") String adapter,
        @Default("0") long seed) {
    public LohaOptions {
        tensors = List.copyOf(tensors);
    }
}
