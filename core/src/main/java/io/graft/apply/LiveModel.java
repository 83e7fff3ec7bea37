package io.graft.apply;

import ai.djl.Model;
import ai.djl.nn.Block;
import io.graft.djl.BlockTarget;

/** A model that the caller has in memory. */
interface LiveModel {
    /**
     * @throws IllegalArgumentException if it is of a kind that cannot be modified; the message says why
     */
    BlockTarget target();

    /** The block of a model. */
    record OfModel(Model model) implements LiveModel {
        @Override
        public BlockTarget target() {
            return BlockTarget.of(model);
        }
    }

    /** A block; after a run that wraps it, the wrapped one. */
    final class OfBlock implements LiveModel {
        private volatile Block now;

        OfBlock(Block block) {
            this.now = block;
        }

        @Override
        public BlockTarget target() {
            return BlockTarget.of(now, wrapped -> now = wrapped);
        }
    }
}
