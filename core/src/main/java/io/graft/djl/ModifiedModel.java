package io.graft.djl;

import ai.djl.Model;
import ai.djl.nn.Block;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.model.Adapter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A live model that has parametrizations: a handle on its block, to switch adapters and to serve it.
 *
 * <pre>{@code
 * ModelModifierApplier.create().process(model, Path.of("lora.conf"));
 * ModifiedModel modified = ModifiedModel.of(model).orElseThrow();
 * modified.activate(Map.of("default", 0.5));
 * }</pre>
 *
 * <p>The first inference computes the weights of active adapters and keeps them beside the base, for the ones that follow; a training
 * forward forgets them, and so does whatever this class changes. Values that are changed behind its back, in an array of a
 * parameter, need {@link #invalidate}.
 *
 * <p>Forwards may run in many threads while adapters are switched: each sees the adapters that were active when it began.
 */
public final class ModifiedModel implements AutoCloseable {
    private final ModifiedBlock block;

    private ModifiedModel(ModifiedBlock block) {
        this.block = block;
    }

    /** The parametrizations of a model's block; empty if it has none. */
    public static Optional<ModifiedModel> of(Model model) {
        return Optional.ofNullable(model.getBlock()).flatMap(ModifiedModel::of);
    }

    /** The parametrizations of a block; empty if it has none. */
    public static Optional<ModifiedModel> of(Block block) {
        return block instanceof ModifiedBlock modified ? Optional.of(new ModifiedModel(modified)) : Optional.empty();
    }

    /** The block, which trains and computes with its parametrizations. */
    public Block block() {
        return block;
    }

    /** The adapters, active or not, in the order in which they stand on the model. */
    public List<Adapter> adapters() {
        return BlockTarget.of(block).draft().adapters();
    }

    /**
     * Makes adapters active, each with its weight, and every other one inactive.
     *
     * @throws IllegalArgumentException if there is no adapter of a name, or if a weight is no finite number
     */
    public void activate(Map<String, Double> weightOfAdapter) {
        BlockTarget.of(block).draft().activate(weightOfAdapter);
        block.activate(weightOfAdapter);
    }

    /** Forgets weights that were computed for inference; the next one computes them anew. */
    public void invalidate() {
        block.invalidate();
    }

    /** Bytes of the weights that are kept for inference, beside those of the model. */
    public long cachedBytes() {
        return block.cachedBytes();
    }

    /**
     * The model as it computes now, for inference in many threads: weights of adapters are computed once and stay as they are,
     * whatever happens to the adapters, and nothing takes gradients. Weights without adapters are the model's own, not copies.
     *
     * @return a block of its own; {@link Block#clear} frees it, and so does closing this
     */
    public Block folded() {
        return block.folded();
    }

    /** Frees what the parametrizations own and what was computed of them; the block cannot be run any more. */
    @Override
    public void close() {
        block.close();
    }
}
