package io.graft.tensor.expression.bands;

import io.graft.tensor.Shape;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Order;
import io.graft.tensor.expression.bands.numbers.Range;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Euclidean norms over any axes, in one pass over the operand. Squares are added in 64 bits, in bands that depend on nothing but
 * their place, so that the result is the same whoever computes it.
 */
final class Norms {
    private static final long BAND = 1 << 20;

    /** Bands at a time, whose sums are in memory together. */
    private static final int TOGETHER = 16;

    private final Program program;
    private final Bands bands;
    private final Kind kind;
    private final long count;
    private final long results;
    private final Order target;

    Norms(Step operand, Shape from, Shape to) {
        this.program = new Program(operand);
        this.bands = new Bands(program, operand.kind().dtype());
        this.kind = operand.kind();
        this.count = from.elementCount();
        this.results = to.elementCount();
        List<Long> strides = new ArrayList<>(Order.stridesOf(to));
        for (int axis = 0; axis < strides.size(); axis++) {
            if (to.dimension(axis) == 1) {
                strides.set(axis, 0L);
            }
        }
        this.target = new Order(from.dimensions(), strides, 0);
    }

    Whole compute() throws IOException {
        double[] sums = new double[Math.toIntExact(results)];
        long step = TOGETHER * BAND;
        for (long start = 0; start < count; start += step) {
            long first = start;
            Band[] parts = new Band[TOGETHER];
            Computing.inBands(program, Math.min(step, count - start), BAND, band -> {
                Band part = new Band(new Range(first + band.first(), first + band.end()));
                bands.forEach(part.range, part::add);
                parts[(int) (band.first() / BAND)] = part;
            });
            for (Band part : parts) {
                if (part != null) {
                    part.addTo(sums);
                }
            }
        }
        Numbers norms = Numbers.of(kind, sums.length);
        for (int i = 0; i < sums.length; i++) {
            if (kind == Kind.FLOATS) {
                norms.floats()[i] = (float) Math.sqrt(sums[i]);
            } else {
                norms.doubles()[i] = Math.sqrt(sums[i]);
            }
        }
        return new Held.Memory(norms, results);
    }

    /** The sums of one band. */
    private final class Band {
        private final Range range;
        private final Range reached;
        private final double[] sums;

        Band(Range range) {
            this.range = range;
            this.reached = target.reach(range);
            this.sums = new double[(int) reached.count()];
        }

        void add(Range computed, Numbers numbers, int at) {
            target.walk(computed, (done, place, stride, length) -> {
                int to = (int) (place - reached.first());
                if (kind == Kind.FLOATS) {
                    add(numbers.floats(), at + done, to, (int) stride, length);
                } else {
                    add(numbers.doubles(), at + done, to, (int) stride, length);
                }
            });
        }

        private void add(float[] values, int at, int to, int stride, int length) {
            if (stride == 0) {
                double sum = 0;
                for (int i = at; i < at + length; i++) {
                    double value = values[i];
                    sum += value * value;
                }
                sums[to] += sum;
                return;
            }
            int place = to;
            for (int i = at; i < at + length; i++, place += stride) {
                double value = values[i];
                sums[place] += value * value;
            }
        }

        private void add(double[] values, int at, int to, int stride, int length) {
            int place = to;
            for (int i = at; i < at + length; i++, place += stride) {
                sums[place] += values[i] * values[i];
            }
        }

        void addTo(double[] all) {
            for (int i = 0; i < sums.length; i++) {
                all[(int) reached.first() + i] += sums[i];
            }
        }
    }
}
