package io.graft.lora.dialect;

import io.graft.problem.ProblemCode;

/** Is told what is wrong with an adapter. */
@FunctionalInterface
public interface AdapterProblems {
    /**
     * Tells an error; whoever tells it may go on to find more.
     *
     * @param help what to do; may be empty
     */
    void error(ProblemCode code, String message, String help);
}
