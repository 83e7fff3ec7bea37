package io.graft.djl.swap;

import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockList;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import java.lang.reflect.Field;
import java.util.Optional;

/** The children of a block that runs whatever children it has, so that there can be more of them, or fewer. */
public final class Children {
    private final Block parent;
    private final BlockList own;

    private Children(Block parent, BlockList own) {
        this.parent = parent;
        this.own = own;
    }

    /** Empty if the block runs only those that its class declares, as far as can be known. */
    public static Optional<Children> of(Block parent) {
        return parent instanceof SequentialBlock || parent instanceof ParallelBlock
                ? own(parent).map(own -> new Children(parent, own))
                : Optional.empty();
    }

    /** The list itself, where {@code getChildren} gives a copy; empty if it cannot be had. */
    static Optional<BlockList> own(Block parent) {
        try {
            Field children = AbstractBlock.class.getDeclaredField("children");
            return parent instanceof AbstractBlock && children.trySetAccessible()
                    ? Optional.of((BlockList) children.get(parent))
                    : Optional.empty();
        } catch (ReflectiveOperationException otherDjl) {
            return Optional.empty();
        }
    }

    /** Adds a block after the others. */
    public void append(Block block, SwapJournal journal) {
        int before = own.size();
        journal.note(() -> {
            while (own.size() > before) {
                dropLast();
            }
        });
        if (parent instanceof SequentialBlock sequence) {
            sequence.add(block);
        } else {
            ((ParallelBlock) parent).add(block);
        }
    }

    /** Takes the last block away. */
    public void removeLast(SwapJournal journal) {
        int last = own.size() - 1;
        String name = own.keyAt(last);
        Block block = own.valueAt(last);
        journal.note(() -> own.add(name, block));
        dropLast();
    }

    private void dropLast() {
        own.keys().remove(own.size() - 1);
        own.values().remove(own.values().size() - 1);
    }
}
