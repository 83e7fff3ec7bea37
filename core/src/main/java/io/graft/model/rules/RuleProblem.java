package io.graft.model.rules;

import io.graft.problem.ProblemCode;

/**
 * Why a rule cannot do what it says.
 *
 * @param rule its place in the list
 * @param code {@link ProblemCode#UNMATCHED_RULE} if it fits nothing, which need not be an error
 * @param message what is wrong
 * @param help what to do
 */
public record RuleProblem(int rule, ProblemCode code, String message, String help) {
    /** Whether it fits nothing. */
    public boolean isUnmatched() {
        return code == ProblemCode.UNMATCHED_RULE;
    }
}
