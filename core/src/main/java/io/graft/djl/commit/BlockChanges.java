package io.graft.djl.commit;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.Plan;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.tree.BlockTensor;
import io.graft.djl.tree.BlockTree;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a plan changes in a block; a parameter with several names once.
 *
 * @param values parameters that get other values
 * @param flags parameters whose trainability changes
 * @param stacks the parametrizations that it has afterwards
 * @param refusals what a block cannot do, and warnings
 */
public record BlockChanges(List<Values> values, List<Flag> flags, PlannedStacks stacks, List<Problem> refusals) {
    /** New values of a parameter, of its own dtype and shape. */
    record Values(Parameter parameter, DraftTensor tensor) {
        /** Whether any input is a live tensor, which another change may overwrite first. */
        boolean readModel() {
            return tensor.written().sources().anyMatch(BlockTensor.class::isInstance);
        }
    }

    /** New trainability of a parameter. */
    record Flag(String name, Parameter parameter, boolean trainable) {}

    /** What keeps the plan from being committed. */
    public List<Problem> errors() {
        return refusals.stream().filter(Problem::isError).toList();
    }

    /**
     * @param wrappable whether whoever has the block takes another one that wraps it
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static BlockChanges of(Plan plan, Block block, boolean wrappable) {
        Map<String, DraftTensor> present = BlockTree.of(block).tensors();
        List<Values> values = new ArrayList<>();
        List<Flag> flags = new ArrayList<>();
        Refusals refusals = new Refusals();
        Set<String> kept = new HashSet<>();
        IdentityHashMap<Parameter, DraftTensor> seen = new IdentityHashMap<>();
        for (DraftTensor tensor : plan.tensors()) {
            if (tensor.origin().isEmpty()) {
                if (tensor.owner().isEmpty()) {
                    refusals.added(tensor);
                } else {
                    refusals.scheduled(tensor);
                }
                continue;
            }
            DraftTensor before = present.get(tensor.origin());
            if (before == null) {
                throw new IllegalArgumentException(
                        "the plan is for another model: this one has no tensor named `" + tensor.origin() + "`");
            }
            kept.add(tensor.origin());
            BlockTensor live = (BlockTensor) before.base();
            refusals.check(before, tensor);
            DraftTensor other = seen.putIfAbsent(live.parameter(), tensor);
            if (other != null) {
                refusals.checkTie(other, tensor);
                continue;
            }
            if (!tensor.base().equals(live)) {
                values.add(new Values(live.parameter(), tensor));
            }
            if (tensor.trainable() != before.trainable()) {
                flags.add(new Flag(tensor.name(), live.parameter(), tensor.trainable()));
            }
        }
        for (DraftTensor gone : present.values()) {
            if (!kept.contains(gone.name()) && gone.owner().isEmpty()) {
                refusals.removed(gone.name());
            }
        }
        PlannedStacks stacks = PlannedStacks.of(block, plan.tensors(), present);
        if (stacks.changed()) {
            stacks.check(refusals);
            if (!wrappable && !(block instanceof ModifiedBlock)) {
                stacks.tensors().values().forEach(refusals::unwrappable);
            }
        }
        return new BlockChanges(values, flags, stacks, refusals.problems());
    }
}
