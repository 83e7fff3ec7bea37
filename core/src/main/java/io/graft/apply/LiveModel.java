package io.graft.apply;

import io.graft.TargetModel;

/** A model that the caller has in memory. */
@FunctionalInterface
interface LiveModel {
    /**
     * @throws IllegalArgumentException if it is of a kind that cannot be modified; the message says why
     */
    TargetModel target();
}
