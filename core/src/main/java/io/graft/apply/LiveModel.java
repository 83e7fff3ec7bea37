package io.graft.apply;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.SymbolBlock;
import io.graft.djl.BlockTarget;
import io.graft.djl.LiveTarget;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.program.LiveScriptTarget;
import java.nio.file.Path;

/** A model that the caller has in memory. */
interface LiveModel {
    /**
     * @throws IllegalArgumentException if it is of a kind that cannot be modified; the message says why
     * @throws io.graft.checkpoint.CheckpointException if its archive cannot be used
     */
    LiveTarget target();

    /** Nothing of a closed model can be asked for. */
    private static void requireOpen(Model model) {
        if (!model.getNDManager().isOpen()) {
            throw new IllegalArgumentException(
                    "model `" + model.getName() + "` is closed: modify it before it is closed, or load it again");
        }
    }

    /** Whether those who have it can be kept from computing with it, should it hold old and new values mixed. */
    default boolean canBeClosedOff() {
        return true;
    }

    /** The block of a model. */
    record OfModel(Model model) implements LiveModel {
        @Override
        public LiveTarget target() {
            requireOpen(model);
            return ModifiedBlock.unwrapped(model.getBlock()) instanceof SymbolBlock
                    ? LiveScriptTarget.of(model)
                    : BlockTarget.of(model);
        }
    }

    /**
     * The TorchScript program of a model.
     *
     * @param archive that it was loaded from
     */
    record OfProgram(Model model, Path archive) implements LiveModel {
        @Override
        public LiveTarget target() {
            requireOpen(model);
            return LiveScriptTarget.of(model, archive);
        }
    }

    /** A block; after a run that wraps it, the wrapped one. */
    final class OfBlock implements LiveModel {
        private volatile Block now;

        OfBlock(Block block) {
            this.now = block;
        }

        @Override
        public LiveTarget target() {
            return BlockTarget.of(now, wrapped -> now = wrapped);
        }

        @Override
        public boolean canBeClosedOff() {
            return false;
        }
    }
}
