package io.graft.djl.commit;

import ai.djl.nn.Block;
import io.graft.Plan;
import io.graft.problem.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What a plan changes in a block; a parameter with several names once.
 *
 * @param values parameters that get other values
 * @param flags parameters whose trainability changes
 * @param stacks the parametrizations that it has afterwards
 * @param training what it does in training afterwards; empty if that is as it was
 * @param refusals what a block cannot do, and warnings
 */
public record BlockChanges(
        List<InPlace.Values> values,
        List<InPlace.Flag> flags,
        PlannedStacks stacks,
        Optional<PlannedTraining> training,
        List<Problem> refusals) {
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
     * @param wrapping when whoever has the block takes another one that wraps it
     * @throws IllegalArgumentException if the plan is for another model
     */
    public static BlockChanges of(Plan plan, Block block, Wrapping wrapping) {
        return new Comparison(plan, block, wrapping, false).changes();
    }

    /**
     * The same once the block has the modules that the plan brings.
     *
     * @throws IllegalArgumentException if they have other tensors than were planned
     */
    static BlockChanges restructured(Plan plan, Block block, Wrapping wrapping) {
        return new Comparison(plan, block, wrapping, true).changes();
    }
}
