package io.graft.djl.forward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Embedding;
import ai.djl.training.ParameterStore;

/**
 * A layer that uses nothing of a parameter but rows, which it asks for by {@link #rows}: of a table that is stored as codes, no other rows
 * are computed then.
 */
public interface RowLookup {
    /** The parameter, {@code [rows, width]}. */
    Parameter table();

    /** A store of parameters that gives rows of a table which it may not have as numbers. */
    interface Source {
        /**
         * Rows of a table.
         *
         * @param indices of any shape
         * @return {@code [indices..., width]}, of the manager of the indices
         */
        NDArray rows(Parameter table, NDArray indices);
    }

    /**
     * Rows of a table, by a store whatever it is.
     *
     * @param indices of any shape
     * @return {@code [indices..., width]}, of the manager of the indices
     */
    static NDArray rows(ParameterStore store, Parameter table, NDArray indices, boolean training) {
        return store instanceof Source source
                ? source.rows(table, indices)
                : rows(store.getValue(table, indices.getDevice(), training), indices);
    }

    /**
     * Rows of a table that is there as a whole.
     *
     * @param table {@code [rows, width]}
     * @param indices of any shape
     * @return {@code [indices..., width]}, of the manager of the indices
     */
    static NDArray rows(NDArray table, NDArray indices) {
        return Embedding.embedding(indices, table, SparseFormat.DENSE).singletonOrThrow();
    }
}
