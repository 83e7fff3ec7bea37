package io.graft.djl.modified;

import ai.djl.nn.Block;

/** Stands in the place of a layer, with its parameters, and runs parametrizations of its weight without making the weight. */
public interface ExchangedLayer {
    /** The layer in whose place it stands, as it would be now. */
    Block original();

    /** The class that people know it by. */
    Class<? extends Block> standsFor();
}
