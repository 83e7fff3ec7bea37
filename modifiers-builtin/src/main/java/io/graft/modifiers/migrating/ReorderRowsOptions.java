package io.graft.modifiers.migrating;

import io.graft.config.Default;
import io.graft.config.NotBlank;
import io.graft.config.NotEmpty;
import io.graft.config.Range;
import io.graft.model.tree.Selector;
import java.util.List;
import java.util.TreeSet;

/**
 * Options of the migration that puts rows into another order.
 *
 * @param tensors which tensors, by a selector: {@code "**.trainable.trainable"}
 * @param order for each row the one that it was, from 0 on
 * @param marker last segment of the name of the whole number beside each tensor that tells the version of its order
 * @param version that of the order which it gets
 */
public record ReorderRowsOptions(
        Selector tensors,
        @NotEmpty List<Integer> order,
        @NotBlank String marker,
        @Default("1") @Range(min = 1) int version) {
    /**
     * @throws IllegalArgumentException if it is no order of all rows
     */
    public ReorderRowsOptions {
        order = List.copyOf(order);
        TreeSet<Integer> rows = new TreeSet<>(order);
        if (!order.isEmpty() && (rows.size() != order.size() || rows.first() != 0 || rows.last() != order.size() - 1)) {
            throw new IllegalArgumentException("`order` has each of the numbers 0 to " + (order.size() - 1) + " once");
        }
    }
}
