package io.graft.examples;

import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * The marks of an axis that begins at 0, at round numbers: one, two or five times a power of ten.
 *
 * @param step from mark to mark
 * @param digits behind the point that a mark needs
 * @param count of steps, so many that the last mark is no smaller than what is shown
 */
record Ticks(double step, int digits, long count) {
    /**
     * @param highest what is shown at most
     * @param most how many steps there may be
     */
    static Ticks upTo(double highest, int most) {
        double least = highest / most;
        int power = (int) Math.floor(Math.log10(least));
        double unit = Math.pow(10, power);
        double step = unit
                * LongStream.of(1, 2, 5, 10)
                        .filter(times -> unit * times >= least * (1 - 1e-9))
                        .findFirst()
                        .orElse(10);
        int digits = Math.max(0, -(int) Math.floor(Math.log10(step) + 1e-9));
        return new Ticks(step, digits, (long) Math.ceil(highest / step - 1e-9));
    }

    double end() {
        return step * count;
    }

    /** The marks, 0 first. */
    List<Double> places() {
        return LongStream.rangeClosed(0, count).mapToObj(n -> step * n).toList();
    }

    String label(double place) {
        return String.format(Locale.ROOT, "%." + digits + "f", place);
    }
}
