package io.graft.djl.commit;

import ai.djl.nn.Block;
import io.graft.Plan;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.tree.BlockTree;
import io.graft.model.FrozenModules;
import io.graft.model.training.TensorKind;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a block does while it is trained, once a plan is carried out.
 *
 * @param frozen whether the module at a path is frozen, which then stands still
 * @param held whether anything is frozen that is to stay so, whatever DJL does with the model
 */
public record PlannedTraining(Predicate<String> frozen, boolean held) {
    static PlannedTraining of(Plan plan, Predicate<String> excepted, Wrapping wrapping) {
        FrozenModules frozen = new FrozenModules(plan.tensors());
        return new PlannedTraining(
                path -> frozen.contains(path) && !excepted.test(path),
                wrapping == Wrapping.WHERE_FROZEN
                        && plan.tensors().stream()
                                .anyMatch(tensor -> tensor.kind() == TensorKind.PARAMETER && !tensor.trainable()));
    }

    StandingParts parts(Block block) {
        return new StandingParts(block, BlockTree.of(block).blocks(), frozen);
    }

    /**
     * What keeps parts from standing still.
     *
     * @param blocks all of the block, by their paths
     */
    void check(Block block, Map<String, Block> blocks, Wrapping wrapping, Refusals refusals) {
        StandingParts parts = new StandingParts(block, blocks, frozen);
        parts.refusals().forEach(refusals::moving);
        if (parts.isWhole() && wrapping == Wrapping.NEVER && !(block instanceof ModifiedBlock)) {
            refusals.movingAsAWhole(block.getClass().getSimpleName());
        }
    }
}
