package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SymbolBlock;
import io.graft.Forward;
import io.graft.ModelRef;
import io.graft.ModuleForward;
import io.graft.Plan;
import io.graft.RollBackException;
import io.graft.ValueWatch;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.commit.BlockChanges;
import io.graft.djl.commit.BlockCommit;
import io.graft.djl.commit.Wrapping;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.run.BlockModuleForward;
import io.graft.djl.run.ForwardPass;
import io.graft.djl.run.LoadedFlags;
import io.graft.djl.tree.BlockParameters;
import io.graft.djl.tree.BlockTensor;
import io.graft.djl.tree.BlockTree;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A native DJL block as a model target.
 *
 * <p>Names are PyTorch's. Children of a {@code SequentialBlock} or {@code ParallelBlock} are named by position from 0; other
 * children by the name they were added with, without DJL's number, where that is unique among siblings. Parameters of DJL's
 * normalization, embedding and recurrent layers get PyTorch's names. DJL's own spellings and positions are aliases.
 *
 * <p>DJL has no buffers: running statistics, integers and booleans are taken for buffers, and so are parameters of type
 * {@code OTHER} that take no gradient. Any other parameter without gradient is frozen. A parameter of one's own that is to be
 * frozen and trained again therefore needs another type than {@code OTHER}.
 *
 * <p>A commit changes values, in place, trainable flags, parametrizations, which wrap the block in another one, and whole modules,
 * which are exchanged in every place that holds them; nothing else of a block can be changed. {@link ModifiedModel} is the handle on a block with parametrizations.
 */
public final class BlockTarget implements LiveTarget {
    private final Consumer<Block> place;
    private final Wrapping wrapping;
    private final Optional<Model> model;
    private Block block;

    private BlockTarget(Block block, Wrapping wrapping, Consumer<Block> place, Optional<Model> model) {
        if (ModifiedBlock.unwrapped(block) instanceof SymbolBlock) {
            throw new IllegalArgumentException(
                    ModifiedBlock.unwrapped(block).getClass().getSimpleName()
                            + " is a TorchScript program, not a native block: put it into a `Model` and modify that");
        }
        if (block instanceof UnusableBlock unusable) {
            throw new IllegalArgumentException(unusable.reason());
        }
        this.block = block;
        this.wrapping = wrapping;
        this.place = place;
        this.model = model;
    }

    /**
     * A block that has values: initialized, or with loaded parameters. It cannot be given parametrizations unless it has some, since
     * those wrap it in another block.
     *
     * @throws IllegalArgumentException if the block is a TorchScript graph
     */
    public static BlockTarget of(Block block) {
        return new BlockTarget(block, Wrapping.NEVER, same -> {}, Optional.empty());
    }

    /**
     * A block that may become another one: a commit that puts parametrizations on it wraps it, and one that takes the last of them
     * away unwraps it.
     *
     * @param place takes the block as it is from now on, whenever a commit that changed anything is closed
     * @throws IllegalArgumentException if the block is a TorchScript graph
     */
    public static BlockTarget of(Block block, Consumer<Block> place) {
        return new BlockTarget(block, Wrapping.WHERE_NEEDED, place, Optional.empty());
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
        return new BlockTarget(block, Wrapping.WHERE_FROZEN, now -> LoadedFlags.keep(model, now), Optional.of(model));
    }

    /** {@inheritDoc} With parametrizations, it is another one than was given. */
    @Override
    public Block block() {
        return block;
    }

    @Override
    public void activate(Map<String, Double> weightOfAdapter) {
        if (block instanceof ModifiedBlock modified) {
            Adapter.require(modified.adapters(), weightOfAdapter);
            modified.activate(weightOfAdapter);
        } else {
            Adapter.require(Set.of(), weightOfAdapter);
        }
    }

    @Override
    public ModelRef ref() {
        return new ModelRef("block", ModifiedBlock.unwrapped(block).getClass().getName());
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

    /** {@inheritDoc} A block without a model has none, since nobody says where its arrays are to be. */
    @Override
    public Optional<Forward> forward() {
        return model.map(ForwardPass::ofBlock);
    }

    /** {@inheritDoc} The block that the module is stands elsewhere meanwhile: behind one that looks at what it gives. */
    @Override
    public Optional<ModuleForward> forwardAt(String module) {
        return model.map(owner -> BlockModuleForward.of(ForwardPass.ofBlock(owner), block, module));
    }

    @Override
    public Optional<Model> model() {
        return model;
    }

    @Override
    public Map<String, Parameter> parameters() {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        BlockTree.of(block).tensors().forEach((name, tensor) -> {
            if (tensor.kind() == TensorKind.PARAMETER) {
                parameters.put(name, ((BlockTensor) tensor.base()).parameter());
            }
        });
        return Collections.unmodifiableMap(parameters);
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
     * stops neither them nor a roll-back, and the caller's is kept. Old values wait in files in {@code java.io.tmpdir}, one for each thread, until the commit
     * is closed. So memory holds the model and, of an array that is strided or on another device, a part. Closing the commit also
     * clears the gradients of parameters that it froze.
     *
     * @throws IllegalArgumentException if the plan is for another model, or has {@link #refusals}
     * @throws IllegalStateException if another commit on the block, or on one that shares a parameter with it, is not closed
     */
    @Override
    public Commit commit(Plan plan, ValueWatch watch) throws IOException {
        BlockChanges changes = changes(plan);
        changes.requireNoErrors();
        return carryOut(plan, changes, watch, true);
    }

    /**
     * {@inheritDoc} The block of a model is then one whose every forward tells why.
     *
     * @throws IllegalArgumentException as {@link #commit}
     * @throws IllegalStateException as {@link #commit}
     */
    @Override
    public Commit commitForGood(Plan plan, ValueWatch watch) throws IOException {
        BlockChanges changes = changes(plan);
        changes.requireNoErrors();
        try {
            return carryOut(plan, changes, watch, false);
        } catch (RollBackException mixed) {
            become(new UnusableBlock(block, mixed));
            throw mixed;
        }
    }

    private Commit carryOut(Plan plan, BlockChanges changes, ValueWatch watch, boolean undo) throws IOException {
        return BlockCommit.carryOut(
                plan, changes, wrapping, watch, undo, plan.hasChanges() ? this::become : same -> {});
    }

    private void become(Block now) {
        block = now;
        place.accept(now);
    }

    private BlockChanges changes(Plan plan) {
        return BlockChanges.of(plan, block, wrapping);
    }
}
