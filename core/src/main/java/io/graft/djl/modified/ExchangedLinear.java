package io.graft.djl.modified;

import ai.djl.nn.core.Linear;

/** Stands in the place of a Linear, with its parameters, and runs parametrizations of its weight without making the weight. */
public interface ExchangedLinear {
    /** The layer in whose place it stands, as it would be now. */
    Linear original();
}
