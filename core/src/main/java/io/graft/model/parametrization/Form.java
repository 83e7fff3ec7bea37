package io.graft.model.parametrization;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.problem.Spelling;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Set;

/**
 * How what a parametrization computes may be run faster. The {@linkplain #value value} is always the definition, and what is
 * folded; it follows from the form, so that the two cannot disagree.
 */
public sealed interface Form {
    /** The parametrized tensor, of the shape of what is below. */
    Expression value();

    /** The same with another weight of the adapter: {@code below + weight * (value - below)}. */
    Form weighted(Expression.Below below, double weight);

    /** An expression, with nothing to be said of it. */
    record Plain(Expression value) implements Form {
        @Override
        public Form weighted(Expression.Below below, double weight) {
            return weight == 1 ? this : new Plain(add(below, multiply(subtract(value, below), constant(weight))));
        }
    }

    /**
     * {@code below + scale * (left @ right)}, the product in the shape of what is below. A layer may run it without making the
     * product.
     */
    final class LowRank implements Form {
        private final Expression.Below below;
        private final Expression left;
        private final Expression right;
        private final double scale;
        private final double inputDropout;
        private final Expression update;

        /**
         * @param left {@code [out, rank]}; or with leading axes, which are a batch
         * @param right {@code [rank, in]}; or likewise
         * @param inputDropout the part of the layer's inputs that the product does not see in training, from 0 to less than 1; it is
         *     no part of the value
         * @throws IllegalArgumentException if the product does not have as many elements as what is below, or if the dropout is not a
         *     part
         */
        public LowRank(Expression.Below below, Expression left, Expression right, double scale, double inputDropout) {
            this(below, left, right, scale, inputDropout, reshape(matMul(left, right), below.shape()));
            if (!(inputDropout >= 0 && inputDropout < 1)) {
                throw new IllegalArgumentException(
                        "the input dropout must be from 0 to less than 1, not " + inputDropout);
            }
        }

        /** What was inferred once is not inferred again. */
        private LowRank(
                Expression.Below below,
                Expression left,
                Expression right,
                double scale,
                double inputDropout,
                Expression update) {
            this.below = below;
            this.left = left;
            this.right = right;
            this.scale = scale;
            this.inputDropout = inputDropout;
            this.update = update;
        }

        public Expression left() {
            return left;
        }

        public Expression right() {
            return right;
        }

        public double scale() {
            return scale;
        }

        public double inputDropout() {
            return inputDropout;
        }

        /** Whether a layer can run it beside a weight: both factors are matrices of its dtype, and need nothing of what is below. */
        public boolean runsBeside(Shape weight, DType dtype) {
            return weight.rank() == 2
                    && isFactor(left, dtype)
                    && isFactor(right, dtype)
                    && left.shape().dimension(0) == weight.dimension(0);
        }

        private static boolean isFactor(Expression factor, DType dtype) {
            return factor.shape().rank() == 2
                    && factor.dtype() == dtype
                    && !factor.anyMatch(Expression.Below.class::isInstance);
        }

        @Override
        public Expression value() {
            return add(below, multiply(update, constant(scale)));
        }

        @Override
        public Form weighted(Expression.Below same, double weight) {
            return weight == 1 ? this : new LowRank(below, left, right, scale * weight, inputDropout, update);
        }
    }

    /**
     * Integers with scales. A layer may multiply with them by a kernel, which rounds the layer's inputs as well and does without what the
     * value rounds: it is equal only within the tolerance that it states.
     *
     * @param value of the shape of the parametrized tensor
     * @param integers that the value is made of
     * @param kernel how a layer may run them
     */
    record ScaledCodes(Expression value, IntegerCodes integers, Kernel kernel) implements Form {
        /** What runs in the place of a product with the dequantized weight. */
        public enum Kernel {
            /** Whichever is the fastest for the inputs at hand on this machine. */
            FASTEST,
            /** None: the weight is dequantized and multiplied, which rounds nothing. */
            NONE,
            /** The inputs are rounded to bfloat16. */
            WEIGHT_ONLY,
            /** Each row of the inputs is rounded to 8 bits, by its own largest magnitude. */
            DYNAMIC;

            /** As options and reports have it: {@code weight-only}. */
            public String id() {
                return Spelling.of(this);
            }

            /** What runs, in a word: {@code dequantized} if it is none. */
            public String word() {
                return this == NONE ? "dequantized" : id();
            }

            /** Columns that the kernel for bytes reads at a time, beyond the end of the weight too. */
            private static final int BLOCK = 32;

            /** Rows that codes of 4 bits are packed by. */
            private static final int PACKED_ROWS = 16;

            private static final Set<Long> PACKED_GROUPS = Set.of(32L, 64L, 128L, 256L);

            /** Sums of so many products of bytes are integers of 32 bits. */
            private static final long MOST_COLUMNS = Integer.MAX_VALUE / (128 * 128);

            /**
             * Whether PyTorch's operator takes the codes of a weight; what is dequantized may have any.
             *
             * @param bits 4 or 8
             * @param group columns that have one scale
             */
            public boolean takes(int bits, long rows, long columns, long group) {
                boolean ofRows = bits == Byte.SIZE && group == columns;
                return switch (this) {
                    case WEIGHT_ONLY ->
                        (ofRows && columns % BLOCK == 0)
                                || (bits == 4
                                        && PACKED_GROUPS.contains(group)
                                        && columns % group == 0
                                        && rows % PACKED_ROWS == 0);
                    case DYNAMIC -> ofRows && columns <= MOST_COLUMNS;
                    case FASTEST, NONE -> true;
                };
            }
        }

        /** Products that nothing rounds. */
        public ScaledCodes(IntegerCodes integers, Shape shape, Kernel kernel) {
            this(integers.numbers(shape), integers, kernel);
        }

        /** Products of symmetric codes that nothing rounds. */
        public ScaledCodes(Expression codes, int bits, List<Expression> scales, Shape shape, Kernel kernel) {
            this(new IntegerCodes(codes, bits, scales), shape, kernel);
        }

        /** Why the weight is dequantized where no kernel may run, in words. */
        public String dequantized() {
            return kernel == Kernel.NONE
                    ? "dequantized, as the kernel is `none`"
                    : "dequantized, as no kernel takes codes of " + integers.bits() + " bits and shape "
                            + integers.codes().shape();
        }

        @Override
        public Form weighted(Expression.Below below, double weight) {
            return new Plain(value).weighted(below, weight);
        }
    }
}
