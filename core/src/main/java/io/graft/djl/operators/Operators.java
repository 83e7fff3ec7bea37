package io.graft.djl.operators;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Runs operators of PyTorch, each of which is loaded when it is first asked for, and is tried with the largest numbers before it is
 * used: not every PyTorch has all of them, and not every processor computes with them as it should. Whoever uses one computes the
 * same in another way where there is a {@link #refusal}.
 *
 * <p>Products with integer weights take no gradients. Used by many threads.
 */
public final class Operators {
    /** The property that takes all of them away if it is {@code none}. */
    public static final String PROPERTY = "io.graft.operators";

    private static final String NONE = "none";
    private static final Map<Operator, OperatorProgram> LOADED = new EnumMap<>(Operator.class);

    private Operators() {}

    /** Why an operator cannot be run here, as a sentence; empty if it can. */
    public static Optional<String> refusal(Operator operator) {
        return NONE.equals(System.getProperty(PROPERTY))
                ? Optional.of("the property " + PROPERTY + " is `" + NONE + "`")
                : program(operator).refusal();
    }

    /**
     * Runs an operator, in one call of the engine.
     *
     * @param inputs the first of them tells whose the results are
     * @throws IllegalStateException if there is a {@link #refusal}
     * @throws IllegalArgumentException if the kernel would read beyond its codes
     */
    public static NDList run(Operator operator, NDArray... inputs) {
        refusal(operator).ifPresent(refusal -> {
            throw new IllegalStateException(refusal);
        });
        if (operator == Operator.WEIGHT_ONLY_INT8) {
            requireFit(operator, inputs[1].getShape());
        }
        return program(operator).run(inputs);
    }

    private static void requireFit(Operator operator, Shape codes) {
        if (codes.dimension() != 2 || !operator.takes(codes.get(0), codes.get(1), codes.get(1))) {
            throw new IllegalArgumentException("`" + operator.inPyTorch() + "` takes no codes " + codes);
        }
    }

    private static OperatorProgram program(Operator operator) {
        synchronized (LOADED) {
            OperatorProgram program = LOADED.get(operator);
            if (program == null) {
                program = OperatorProgram.load(operator, OperatorArchive.source());
                LOADED.put(operator, program);
            }
            return program;
        }
    }
}
