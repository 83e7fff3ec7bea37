package io.graft.modifiers.transfer;

import io.graft.config.Default;
import io.graft.model.tree.Selector;
import java.util.List;

/**
 * Which processors of data keep the values that the model has, such as the statistics of today's data: what is before and after the network,
 * of states and of tendencies.
 *
 * @param states whether those of states keep them
 * @param tendencies whether those of tendencies do
 * @param stateProcessors which those of states are; {@code **.pre_processors} and {@code **.post_processors} if empty
 * @param tendencyProcessors which those of tendencies are; {@code **.pre_processors_tendencies} and {@code
 *     **.post_processors_tendencies} if empty
 */
public record Refresh(
        @Default("false") boolean states,
        @Default("true") boolean tendencies,
        List<Selector> stateProcessors,
        List<Selector> tendencyProcessors) {
    private static final List<Selector> STATES =
            List.of(Selector.parse("**.pre_processors"), Selector.parse("**.post_processors"));
    private static final List<Selector> TENDENCIES =
            List.of(Selector.parse("**.pre_processors_tendencies"), Selector.parse("**.post_processors_tendencies"));

    public Refresh {
        stateProcessors = List.copyOf(stateProcessors);
        tendencyProcessors = List.copyOf(tendencyProcessors);
    }

    /** What keeps its values among states. */
    List<Selector> keptStates() {
        return !states ? List.of() : stateProcessors.isEmpty() ? STATES : stateProcessors;
    }

    /** What keeps its values among tendencies. */
    List<Selector> keptTendencies() {
        return !tendencies ? List.of() : tendencyProcessors.isEmpty() ? TENDENCIES : tendencyProcessors;
    }
}
