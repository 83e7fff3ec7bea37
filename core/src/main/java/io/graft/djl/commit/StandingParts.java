package io.graft.djl.commit;

import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.convolutional.Conv1dTranspose;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.convolutional.Conv2dTranspose;
import ai.djl.nn.convolutional.Conv3d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.core.Multiplication;
import ai.djl.nn.core.Prelu;
import ai.djl.nn.norm.LayerNorm;
import io.graft.djl.modified.FactoredLinear;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.QuantizedLinear;
import io.graft.djl.modified.QuantizedWordEmbedding;
import io.graft.djl.swap.Places;
import io.graft.djl.swap.StillBlocks;
import io.graft.djl.swap.SwapJournal;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The parts of a block that stand still while it is trained, with dropout off and statistics kept: the outermost that are frozen, of
 * those whose forward depends on whether it is training. What is not frozen any more moves again.
 */
final class StandingParts {
    /** Layers that compute the same in training and inference, but for what their children do. */
    private static final Set<Class<?>> INDIFFERENT = Set.of(
            SequentialBlock.class,
            ParallelBlock.class,
            LambdaBlock.class,
            Linear.class,
            FactoredLinear.class,
            QuantizedLinear.class,
            TrainableWordEmbedding.class,
            QuantizedWordEmbedding.class,
            Conv1d.class,
            Conv2d.class,
            Conv3d.class,
            Conv1dTranspose.class,
            Conv2dTranspose.class,
            Multiplication.class,
            Prelu.class,
            LayerNorm.class);

    private final Block root;
    private final IdentityHashMap<Block, List<String>> paths = new IdentityHashMap<>();
    private final IdentityHashMap<Block, Boolean> dependent = new IdentityHashMap<>();
    private final IdentityHashMap<Block, Boolean> visited = new IdentityHashMap<>();
    private final Predicate<String> frozen;
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, String> refusals = new LinkedHashMap<>();
    private Optional<Places> places = Optional.empty();
    private boolean whole;

    /** A block that begins to stand still, or to move. */
    private record Turn(Block block, boolean still) {}

    /**
     * @param block modified already or not
     * @param blocks all of it, by their paths
     * @param frozen whether the module at a path is frozen
     */
    StandingParts(Block block, Map<String, Block> blocks, Predicate<String> frozen) {
        this.root = ModifiedBlock.unwrapped(block);
        this.frozen = frozen;
        blocks.forEach((path, each) ->
                paths.computeIfAbsent(each, one -> new ArrayList<>()).add(path));
        visit(root);
    }

    /** Children come first: a block that moves again takes over what it holds then. */
    private void visit(Block block) {
        if (visited.put(block, true) != null) {
            return;
        }
        if (paths.get(block).stream().allMatch(frozen) && isDependent(block)) {
            if (!StillBlocks.isStill(block)) {
                hold(block);
            }
            return;
        }
        block.getChildren().values().forEach(this::visit);
        if (StillBlocks.isStill(block)) {
            turns.add(new Turn(block, false));
        }
    }

    private boolean isDependent(Block block) {
        Boolean known = dependent.get(block);
        if (known == null) {
            known = !INDIFFERENT.contains(block.getClass())
                    || block.getChildren().values().stream().anyMatch(this::isDependent);
            dependent.put(block, known);
        }
        return known;
    }

    private void hold(Block block) {
        boolean byItself = !INDIFFERENT.contains(block.getClass());
        Optional<String> refusal = block == root ? Optional.empty() : refusal(block);
        if (block != root && refusal.isEmpty()) {
            turns.add(new Turn(block, true));
        } else if (!byItself) {
            block.getChildren().values().stream()
                    .filter(child -> isDependent(child) && !StillBlocks.isStill(child))
                    .filter(child -> visited.put(child, true) == null)
                    .forEach(this::hold);
        } else if (block == root) {
            whole = true;
        } else {
            refusals.put(paths.get(block).get(0), refusal.orElseThrow());
        }
    }

    private Optional<String> refusal(Block block) {
        return StillBlocks.refusal(block).or(() -> places().refusal(block, block.getClass()));
    }

    private Places places() {
        if (places.isEmpty()) {
            places = Optional.of(Places.of(root, paths.keySet()));
        }
        return places.get();
    }

    /** Why parts cannot stand still, as sentences, by their paths. */
    Map<String, String> refusals() {
        return refusals;
    }

    /** Whether the block stands still as a whole, which is for what wraps it to see to. */
    boolean isWhole() {
        return whole;
    }

    void exchange(SwapJournal journal) {
        for (Turn turn : turns) {
            Block block = turn.block();
            places().exchange(block, turn.still() ? StillBlocks.still(block) : StillBlocks.original(block), journal);
        }
    }
}
