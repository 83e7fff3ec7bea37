package com.acme.rows;

import io.graft.config.NotEmpty;
import io.graft.model.tree.Selector;
import java.util.List;

/**
 * Options of the rows modifier.
 *
 * @param tensors whose weights are stored as codes; of these, the ones of two and more dimensions
 */
public record RowsOptions(@NotEmpty List<Selector> tensors) {}
