package io.graft.training.checkpoint;

import io.graft.GraftException;
import io.graft.checkpoint.TensorEntry;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What an optimizer remembered when it was saved, by whatever program. */
interface SavedStates {
    /**
     * Of one parameter.
     *
     * @param arrays by slot; of none, if nothing is to be remembered
     */
    record State(long steps, Map<String, TensorEntry> arrays) {}

    /** Of no optimizer. */
    SavedStates NONE = new SavedStates() {
        @Override
        public Set<String> slots() {
            return Set.of();
        }

        @Override
        public Map<String, State> byName(Map<String, OptimizedParameter> parameters) {
            return Map.of();
        }
    };

    /** The names of the arrays that it keeps for a parameter. */
    Set<String> slots();

    /**
     * What is remembered of each parameter, by name.
     *
     * @param parameters of the model, which may tell the names
     * @throws GraftException if the names cannot be told
     */
    Map<String, State> byName(Map<String, OptimizedParameter> parameters);

    /** What was saved does not fit. */
    static GraftException mismatch(String message, String help) {
        return new GraftException(List.of(Problem.error(ProblemCode.TRAINING_STATE, message, help)), null);
    }
}
