package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;

/**
 * Euclidean norms of rows, each of which is computed at once.
 *
 * @param length of a row
 */
record RowNorm(Step operand, int length) implements Step {
    @Override
    public Kind kind() {
        return operand.kind();
    }

    @Override
    public List<Step> operands() {
        return List.of(operand);
    }

    @Override
    public Range reach(int at, Range range) {
        return range.times(length);
    }

    @Override
    public long unit() {
        return length;
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            for (int i = 0; i < range.count(); i++) {
                int from = length == 0 ? 0 : operands[0].at((range.first() + i) * length);
                if (kind() == Kind.FLOATS) {
                    to.floats()[i] = length == 0
                            ? 0
                            : (float) Math.sqrt(squares(operands[0].numbers().floats(), from));
                } else {
                    to.doubles()[i] = length == 0
                            ? 0
                            : Math.sqrt(squares(operands[0].numbers().doubles(), from));
                }
            }
        };
    }

    /** Four sums, which need not wait for each other. */
    private double squares(float[] values, int from) {
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        double sum4 = 0;
        int end = from + length;
        int i = from;
        for (; i + 4 <= end; i += 4) {
            double value1 = values[i];
            double value2 = values[i + 1];
            double value3 = values[i + 2];
            double value4 = values[i + 3];
            sum1 += value1 * value1;
            sum2 += value2 * value2;
            sum3 += value3 * value3;
            sum4 += value4 * value4;
        }
        for (; i < end; i++) {
            double value = values[i];
            sum1 += value * value;
        }
        return sum1 + sum2 + (sum3 + sum4);
    }

    private double squares(double[] values, int from) {
        double sum = 0;
        for (int i = from; i < from + length; i++) {
            sum += values[i] * values[i];
        }
        return sum;
    }
}
