package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Products of matrices, which may be added to something. Terms are added in their order, so that an element is the same however the
 * work is divided.
 *
 * @param left of {@code [batch, height, terms]}
 * @param right the rows of {@code [batch, terms, width]}
 * @param scale what each sum is multiplied by in the end, rounded as it is
 * @param base what the scaled sum is added to, of the product's own shape and kind
 */
record Product(Step left, Rows right, long height, int terms, int width, double scale, Optional<Step> base)
        implements Step {
    @Override
    public Kind kind() {
        return left.kind();
    }

    @Override
    public List<Step> operands() {
        return Stream.concat(Stream.of(left), base.stream()).toList();
    }

    @Override
    public Range reach(int operand, Range range) {
        return operand == 0 ? range.rows(width).times(terms) : range;
    }

    boolean isSum() {
        return base.isPresent();
    }

    /** The same times a number, while it is at hand. */
    Product times(double factor) {
        return new Product(left, right, height, terms, width, factor, base);
    }

    /** Something plus it, while it is at hand. */
    Product onto(Step summand) {
        return new Product(left, right, height, terms, width, scale, Optional.of(summand));
    }

    @Override
    public Work work() {
        return new Sums();
    }

    /** Room for one row: sums by column, with no offset, for the compiler then uses vector instructions. */
    private final class Sums implements Work {
        private final Numbers sums = Numbers.of(kind(), width);
        private final Numbers bases = Numbers.of(kind(), isSum() ? width : 0);
        private final Numbers[] room = new Numbers[8];

        Sums() {
            for (int i = 0; i < room.length && !right.areInMemory(); i++) {
                room[i] = Numbers.of(kind(), width);
            }
        }

        @Override
        public void compute(Range range, Piece result, Piece[] operands) {
            Numbers to = result.room(range);
            int count = (int) range.count();
            for (int done = 0; done < count; ) {
                long row = (range.first() + done) / width;
                int column = (int) ((range.first() + done) % width);
                int next = Math.min(count - done, width - column);
                long first = row / height * terms;
                int factors = terms == 0 ? 0 : operands[0].at(row * terms);
                if (kind() == Kind.FLOATS) {
                    add(operands[0].numbers(), factors, first, column, column + next);
                } else {
                    addDoubles(operands[0].numbers(), factors, first, column, column + next);
                }
                if (isSum()) {
                    bases.copy(column, operands[1].numbers(), operands[1].at(range.first() + done), next);
                    addToBases(column, column + next);
                }
                to.copy(done, isSum() ? bases : sums, column, next);
                done += next;
            }
        }

        private Numbers row(long row, int room) {
            return right.row(row, this.room[room]);
        }

        private void add(Numbers left, int at, long first, int from, int end) {
            float[] sum = sums.floats();
            int k = 0;
            if (terms >= 8) {
                startWithEight(left.floats(), at, first, from, end);
                k = 8;
            } else {
                Arrays.fill(sum, from, end, 0);
            }
            for (; k + 8 <= terms; k += 8) {
                addEight(left.floats(), at + k, first + k, from, end);
            }
            for (; k + 4 <= terms; k += 4) {
                addFour(left.floats(), at + k, first + k, from, end);
            }
            for (; k < terms; k++) {
                float factor = left.floats()[at + k];
                float[] row = row(first + k, 0).floats();
                for (int i = from; i < end; i++) {
                    sum[i] += factor * row[i];
                }
            }
            if (scale != 1 && !isSum()) {
                float factor = (float) scale;
                for (int i = from; i < end; i++) {
                    sum[i] *= factor;
                }
            }
        }

        /** Scales as well: one way through a row for both. */
        private void addToBases(int from, int end) {
            if (kind() == Kind.FLOATS) {
                float factor = (float) scale;
                float[] sum = sums.floats();
                float[] result = bases.floats();
                for (int i = from; i < end; i++) {
                    result[i] += factor * sum[i];
                }
            } else {
                double[] sum = sums.doubles();
                double[] result = bases.doubles();
                for (int i = from; i < end; i++) {
                    result[i] += sum[i];
                }
            }
        }

        /** The first eight, which are added to nothing: the sums need be neither cleared nor loaded. */
        private void startWithEight(float[] left, int at, long first, int from, int end) {
            float[] sum = sums.floats();
            float factor1 = left[at];
            float factor2 = left[at + 1];
            float factor3 = left[at + 2];
            float factor4 = left[at + 3];
            float factor5 = left[at + 4];
            float factor6 = left[at + 5];
            float factor7 = left[at + 6];
            float factor8 = left[at + 7];
            float[] row1 = row(first, 0).floats();
            float[] row2 = row(first + 1, 1).floats();
            float[] row3 = row(first + 2, 2).floats();
            float[] row4 = row(first + 3, 3).floats();
            float[] row5 = row(first + 4, 4).floats();
            float[] row6 = row(first + 5, 5).floats();
            float[] row7 = row(first + 6, 6).floats();
            float[] row8 = row(first + 7, 7).floats();
            for (int i = from; i < end; i++) {
                // Plus nothing, which makes a zero of the negative one.
                sum[i] = 0f
                        + factor1 * row1[i]
                        + factor2 * row2[i]
                        + factor3 * row3[i]
                        + factor4 * row4[i]
                        + factor5 * row5[i]
                        + factor6 * row6[i]
                        + factor7 * row7[i]
                        + factor8 * row8[i];
            }
        }

        /** Eight terms at a time, so that the sums are loaded and stored less often. */
        private void addEight(float[] left, int at, long first, int from, int end) {
            float[] sum = sums.floats();
            float factor1 = left[at];
            float factor2 = left[at + 1];
            float factor3 = left[at + 2];
            float factor4 = left[at + 3];
            float factor5 = left[at + 4];
            float factor6 = left[at + 5];
            float factor7 = left[at + 6];
            float factor8 = left[at + 7];
            float[] row1 = row(first, 0).floats();
            float[] row2 = row(first + 1, 1).floats();
            float[] row3 = row(first + 2, 2).floats();
            float[] row4 = row(first + 3, 3).floats();
            float[] row5 = row(first + 4, 4).floats();
            float[] row6 = row(first + 5, 5).floats();
            float[] row7 = row(first + 6, 6).floats();
            float[] row8 = row(first + 7, 7).floats();
            for (int i = from; i < end; i++) {
                sum[i] = sum[i]
                        + factor1 * row1[i]
                        + factor2 * row2[i]
                        + factor3 * row3[i]
                        + factor4 * row4[i]
                        + factor5 * row5[i]
                        + factor6 * row6[i]
                        + factor7 * row7[i]
                        + factor8 * row8[i];
            }
        }

        /** What is left of them, by four. */
        private void addFour(float[] left, int at, long first, int from, int end) {
            float[] sum = sums.floats();
            float factor1 = left[at];
            float factor2 = left[at + 1];
            float factor3 = left[at + 2];
            float factor4 = left[at + 3];
            float[] row1 = row(first, 0).floats();
            float[] row2 = row(first + 1, 1).floats();
            float[] row3 = row(first + 2, 2).floats();
            float[] row4 = row(first + 3, 3).floats();
            for (int i = from; i < end; i++) {
                sum[i] = sum[i] + factor1 * row1[i] + factor2 * row2[i] + factor3 * row3[i] + factor4 * row4[i];
            }
        }

        private void addDoubles(Numbers left, int at, long first, int from, int end) {
            double[] sum = sums.doubles();
            Arrays.fill(sum, from, end, 0);
            for (int k = 0; k < terms; k++) {
                double factor = left.doubles()[at + k];
                double[] row = row(first + k, 0).doubles();
                for (int i = from; i < end; i++) {
                    sum[i] += factor * row[i];
                }
            }
            for (int i = from; i < end; i++) {
                sum[i] *= scale;
            }
        }
    }
}
