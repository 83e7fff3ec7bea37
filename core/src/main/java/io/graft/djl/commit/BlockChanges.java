package io.graft.djl.commit;

import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.graft.Plan;
import io.graft.djl.tree.BlockTensor;
import io.graft.model.DraftTensor;
import io.graft.problem.Problem;
import java.util.List;

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
    private List<Problem> errors() {
        return refusals.stream().filter(Problem::isError).toList();
    }

    /**
     * @throws IllegalArgumentException if anything does
     */
    public void requireNoErrors() {
        errors().stream().findFirst().ifPresent(error -> {
            throw new IllegalArgumentException(error.message());
        });
    }

    /**
     * @param wrappable whether whoever has the block takes another one that wraps it
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static BlockChanges of(Plan plan, Block block, boolean wrappable) {
        return new Comparison(plan, block, wrappable, false).changes();
    }

    /**
     * The same once the block has the modules that the plan brings.
     *
     * @throws IllegalArgumentException if they have other tensors than were planned
     */
    static BlockChanges restructured(Plan plan, Block block, boolean wrappable) {
        return new Comparison(plan, block, wrappable, true).changes();
    }
}
