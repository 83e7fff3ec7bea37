package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.graft.ModelRef;
import io.graft.ModelTarget;
import io.graft.Plan;
import io.graft.checkpoint.Checkpoint;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import java.io.IOException;
import java.util.List;

/**
 * A native DJL block as a model target.
 *
 * <p>Names are PyTorch's. Children of a {@code SequentialBlock} or {@code ParallelBlock} are named by position from 0; other
 * children by the name they were added with, without DJL's number, where that is unique among siblings. Parameters of DJL's
 * normalization, embedding and recurrent layers get PyTorch's names. DJL's own spellings and positions are aliases.
 *
 * <p>DJL has no buffers: running statistics, integers and truth values are taken for buffers, and so are parameters of type
 * {@code OTHER} that take no gradient. Any other parameter without gradient is frozen. A parameter of one's own that is to be
 * frozen and trained again therefore needs another type than {@code OTHER}.
 *
 * <p>A commit changes values, in place, and trainable flags; nothing else of a block can be changed.
 */
public final class BlockTarget implements ModelTarget {
    private final Block block;
    private final Runnable whenFinal;

    private BlockTarget(Block block, Runnable whenFinal) {
        if (block instanceof SymbolBlock) {
            throw new IllegalArgumentException(block.getClass().getSimpleName()
                    + " is a TorchScript graph, not a native block: its file is its checkpoint");
        }
        this.block = block;
        this.whenFinal = whenFinal;
    }

    /**
     * A block that has values: initialized, or with loaded parameters.
     *
     * @throws IllegalArgumentException if the block is a TorchScript graph
     */
    public static BlockTarget of(Block block) {
        return new BlockTarget(block, () -> {});
    }

    /**
     * The block of a model.
     *
     * <p>DJL's {@code newTrainer} makes every parameter of a <em>loaded</em> model trainable, which would undo a freeze. So a
     * commit that changed anything sets the model's block to itself when it is closed, which makes DJL forget that it was
     * loaded, and gives trainable parameters the gradients that {@code newTrainer} would have given them.
     *
     * @throws IllegalArgumentException if the model has no block, or a TorchScript graph
     */
    public static BlockTarget of(Model model) {
        Block block = model.getBlock();
        if (block == null) {
            throw new IllegalArgumentException(
                    "model `" + model.getName() + "` has no block: set or load one before it is modified");
        }
        return new BlockTarget(block, () -> keepFlags(model, block));
    }

    @Override
    public ModelRef ref() {
        return new ModelRef("block", block.getClass().getName());
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if a parameter has no values yet
     */
    @Override
    public ModelDraft draft() {
        BlockTree tree = BlockTree.of(block);
        return new ModelDraft(tree.modules(), tree.tensors().values());
    }

    /** {@inheritDoc} The files that DJL saves of a block have none. */
    @Override
    public Checkpoint named(Checkpoint checkpoint) {
        return checkpoint.format().equals(BlockParameters.FORMAT)
                ? BlockParameters.named(checkpoint, BlockTree.of(block))
                : checkpoint;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the plan is for another model
     */
    @Override
    public List<Problem> refusals(Plan plan) {
        return changes(plan).refusals();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Values are written in place, so optimizers keep their arrays, by as many threads as there are processors; an interrupt
     * stops neither them nor a roll-back. Old values wait in files in {@code java.io.tmpdir}, one for each thread, until the commit
     * is closed. So memory holds the model and, of an array that is strided or on another device, a part. Closing the commit also
     * clears the gradients of parameters that it froze.
     *
     * @throws IllegalArgumentException if the plan is for another model, or has {@link #refusals}
     */
    @Override
    public Commit commit(Plan plan) throws IOException {
        BlockChanges changes = changes(plan);
        if (!changes.refusals().isEmpty()) {
            throw new IllegalArgumentException(changes.refusals().get(0).message());
        }
        return BlockCommit.carryOut(changes, plan.hasChanges() ? whenFinal : () -> {});
    }

    private BlockChanges changes(Plan plan) {
        return BlockChanges.of(plan, BlockTree.of(block).tensors());
    }

    private static void keepFlags(Model model, Block block) {
        for (Parameter parameter : block.getParameters().values()) {
            if (parameter.requiresGradient() && !parameter.getArray().hasGradient()) {
                parameter.getArray().setRequiresGradient(true);
            }
        }
        model.setBlock(block);
    }
}
