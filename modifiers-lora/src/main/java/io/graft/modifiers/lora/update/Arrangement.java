package io.graft.modifiers.lora.update;

import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.Shape;

/** A way in which a pair of factors lies over a weight: which shapes it has, and what update it makes of them. */
public enum Arrangement {
    /** A linear layer's {@code [out, in]}. */
    LINEAR(0) {
        @Override
        public boolean fits(Shape a, Shape b, Shape weight) {
            return a.rank() == 2 && weight.equals(Shape.of(b.dimension(0), a.dimension(1)));
        }

        @Override
        public Parametrization update(String description, Factors factors) {
            return new LinearUpdate(description, factors, false);
        }

        @Override
        public Shape a(Shape weight, long rank) {
            return Shape.of(rank, weight.dimension(1));
        }

        @Override
        public Shape b(Shape weight, long rank) {
            return Shape.of(weight.dimension(0), rank);
        }
    },
    /** {@code [in, out]}: an embedding, or a linear layer of GPT-2. */
    TRANSPOSED(1) {
        @Override
        public boolean fits(Shape a, Shape b, Shape weight) {
            return a.rank() == 2 && weight.equals(Shape.of(a.dimension(1), b.dimension(0)));
        }

        @Override
        public Parametrization update(String description, Factors factors) {
            return new LinearUpdate(description, factors, true);
        }

        @Override
        public Shape a(Shape weight, long rank) {
            return Shape.of(rank, weight.dimension(0));
        }

        @Override
        public Shape b(Shape weight, long rank) {
            return Shape.of(weight.dimension(1), rank);
        }
    },
    /** A convolution's {@code [out, in / groups, kernel...]}. */
    CONVOLUTION(0) {
        @Override
        public boolean fits(Shape a, Shape b, Shape weight) {
            if (a.rank() < 3 || weight.rank() != a.rank()) {
                return false;
            }
            long groups = ChannelGroups.of(a, b);
            return weight.dimension(0) == b.dimension(0)
                    && (a.dimension(1) == weight.dimension(1) || a.dimension(1) == groups * weight.dimension(1))
                    && weight.dimensions()
                            .subList(2, weight.rank())
                            .equals(a.dimensions().subList(2, a.rank()))
                    && b.dimension(0) % groups == 0;
        }

        @Override
        public Parametrization update(String description, Factors factors) {
            return new ConvolutionUpdate(description, factors);
        }

        @Override
        public Shape a(Shape weight, long rank) {
            return weight.with(0, rank);
        }

        @Override
        public Shape b(Shape weight, long rank) {
            return pointwise(weight, rank);
        }
    },
    /** The experts' {@code [experts, out, in]}. */
    EXPERTS(1) {
        @Override
        public boolean fits(Shape a, Shape b, Shape weight) {
            return holdsRanksOf(a, weight)
                    && weight.dimension(1) == b.dimension(0)
                    && weight.dimension(2) == a.dimension(1);
        }

        @Override
        public Parametrization update(String description, Factors factors) {
            return new ExpertUpdate(description, factors, false);
        }

        @Override
        public Shape a(Shape weight, long rank) {
            return Shape.of(rank * weight.dimension(0), weight.dimension(2));
        }

        @Override
        public Shape b(Shape weight, long rank) {
            return Shape.of(weight.dimension(1), rank * weight.dimension(0));
        }
    },
    /** The experts' {@code [experts, in, out]}, the only one before PEFT 0.19. */
    TRANSPOSED_EXPERTS(2) {
        @Override
        public boolean fits(Shape a, Shape b, Shape weight) {
            return holdsRanksOf(a, weight)
                    && weight.dimension(1) == a.dimension(1)
                    && weight.dimension(2) == b.dimension(0);
        }

        @Override
        public Parametrization update(String description, Factors factors) {
            return new ExpertUpdate(description, factors, true);
        }

        @Override
        public Shape a(Shape weight, long rank) {
            return Shape.of(rank * weight.dimension(0), weight.dimension(1));
        }

        @Override
        public Shape b(Shape weight, long rank) {
            return Shape.of(weight.dimension(2), rank * weight.dimension(0));
        }
    };

    private final int outputAxis;

    Arrangement(int outputAxis) {
        this.outputAxis = outputAxis;
    }

    /** Whether a pair of factors makes an update of a weight. */
    public abstract boolean fits(Shape a, Shape b, Shape weight);

    /** The update of a pair of factors that fits. */
    public abstract Parametrization update(String description, Factors factors);

    /** The shape of {@code A} for a weight. */
    public abstract Shape a(Shape weight, long rank);

    /** The shape of {@code B} for a weight. */
    public abstract Shape b(Shape weight, long rank);

    /** The axis of the weight that counts outputs. */
    public int outputAxis() {
        return outputAxis;
    }

    /** Whether only parameters that are adapted for themselves have it. */
    public boolean isOfExperts() {
        return this == EXPERTS || this == TRANSPOSED_EXPERTS;
    }

    /** How many ranks the first axis of {@code A} holds one after the other. */
    public long ranks(Shape weight) {
        return isOfExperts() ? weight.dimension(0) : 1;
    }

    private static boolean holdsRanksOf(Shape a, Shape weight) {
        return a.rank() == 2
                && weight.rank() == 3
                && weight.dimension(0) > 0
                && a.dimension(0) % weight.dimension(0) == 0;
    }

    /** {@code [out, rank, 1...]}. */
    private static Shape pointwise(Shape weight, long rank) {
        return Shape.ones(weight.rank()).with(0, weight.dimension(0)).with(1, rank);
    }
}
