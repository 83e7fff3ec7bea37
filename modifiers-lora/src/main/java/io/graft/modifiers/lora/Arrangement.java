package io.graft.modifiers.lora;

import io.graft.model.Parametrization;
import io.graft.modifiers.lora.update.ConvolutionUpdate;
import io.graft.modifiers.lora.update.ExpertUpdate;
import io.graft.modifiers.lora.update.Factors;
import io.graft.modifiers.lora.update.LinearUpdate;
import io.graft.tensor.Shape;

/** A way in which a pair of factors lies over a weight: which shapes it has, and what update it makes of them. */
enum Arrangement {
    /** A linear layer's {@code [out, in]}. */
    LINEAR(0) {
        @Override
        boolean fits(Shape a, Shape b, Shape weight) {
            return a.rank() == 2 && weight.equals(Shape.of(b.dimension(0), a.dimension(1)));
        }

        @Override
        Parametrization update(String description, Factors factors) {
            return new LinearUpdate(description, factors, false);
        }
    },
    /** {@code [in, out]}: an embedding, or a linear layer of GPT-2. */
    TRANSPOSED(1) {
        @Override
        boolean fits(Shape a, Shape b, Shape weight) {
            return a.rank() == 2 && weight.equals(Shape.of(a.dimension(1), b.dimension(0)));
        }

        @Override
        Parametrization update(String description, Factors factors) {
            return new LinearUpdate(description, factors, true);
        }
    },
    /** A convolution's {@code [out, in / groups, kernel...]}. */
    CONVOLUTION(0) {
        @Override
        boolean fits(Shape a, Shape b, Shape weight) {
            return a.rank() > 2
                    && weight.rank() == a.rank()
                    && weight.dimension(0) == b.dimension(0)
                    && weight.dimensions()
                            .subList(1, weight.rank())
                            .equals(a.dimensions().subList(1, a.rank()))
                    && b.dimension(0) % (a.dimension(0) / b.dimension(1)) == 0;
        }

        @Override
        Parametrization update(String description, Factors factors) {
            return new ConvolutionUpdate(description, factors);
        }
    },
    /** The experts' {@code [experts, out, in]}. */
    EXPERTS(1) {
        @Override
        boolean fits(Shape a, Shape b, Shape weight) {
            return holdsRanksOf(a, weight)
                    && weight.dimension(1) == b.dimension(0)
                    && weight.dimension(2) == a.dimension(1);
        }

        @Override
        Parametrization update(String description, Factors factors) {
            return new ExpertUpdate(description, factors, false);
        }
    },
    /** The experts' {@code [experts, in, out]}, the only one before PEFT 0.19. */
    TRANSPOSED_EXPERTS(2) {
        @Override
        boolean fits(Shape a, Shape b, Shape weight) {
            return holdsRanksOf(a, weight)
                    && weight.dimension(1) == a.dimension(1)
                    && weight.dimension(2) == b.dimension(0);
        }

        @Override
        Parametrization update(String description, Factors factors) {
            return new ExpertUpdate(description, factors, true);
        }
    };

    private final int outputAxis;

    Arrangement(int outputAxis) {
        this.outputAxis = outputAxis;
    }

    /** Whether a pair of factors makes an update of a weight. */
    abstract boolean fits(Shape a, Shape b, Shape weight);

    abstract Parametrization update(String description, Factors factors);

    /** The axis of the weight that counts outputs. */
    int outputAxis() {
        return outputAxis;
    }

    /** Whether only parameters that are adapted for themselves have it. */
    boolean isOfExperts() {
        return this == EXPERTS || this == TRANSPOSED_EXPERTS;
    }

    /** How many ranks the first axis of {@code A} holds one after the other. */
    long ranks(Shape weight) {
        return isOfExperts() ? weight.dimension(0) : 1;
    }

    private static boolean holdsRanksOf(Shape a, Shape weight) {
        return a.rank() == 2
                && weight.rank() == 3
                && weight.dimension(0) > 0
                && a.dimension(0) % weight.dimension(0) == 0;
    }
}
