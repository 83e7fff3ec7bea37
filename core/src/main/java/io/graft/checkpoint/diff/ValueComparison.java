package io.graft.checkpoint.diff;

import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.diff.ValueDiff.FirstDifference;
import io.graft.checkpoint.diff.ValueDiff.Special;
import java.io.IOException;
import java.util.Optional;

/** Compares the values of two tensors of one shape, window by window. */
final class ValueComparison {
    private static final int WINDOW = 1 << 16;

    private final Numbers a;
    private final Numbers b;
    private final TensorEntry one;
    private final TensorEntry other;
    private final Tolerance tolerance;
    private long equal;
    private long within;
    private double maxAbsolute;
    private double maxRelative;
    private Optional<FirstDifference> first = Optional.empty();

    private Special specialA = new Special(0, 0);
    private Special specialB = new Special(0, 0);

    private ValueComparison(TensorEntry one, TensorEntry other, Tolerance tolerance) {
        boolean exact = Numbers.areWholeAlike(one.dtype(), other.dtype());
        this.one = one;
        this.other = other;
        this.tolerance = tolerance;
        this.a = Numbers.of(one, exact);
        this.b = Numbers.of(other, exact);
    }

    /** Compares tensors of one shape, both of them complex or none. */
    static ValueDiff of(TensorEntry a, TensorEntry b, Tolerance tolerance) throws IOException {
        return new ValueComparison(a, b, tolerance).run();
    }

    private ValueDiff run() throws IOException {
        long elements = one.shape().elementCount();
        for (long from = 0; from < elements; from += WINDOW) {
            int count = (int) Math.min(WINDOW, elements - from);
            if (haveSameBytes(from, count)) {
                equal += count;
                if (a.mayBeSpecial()) {
                    a.load(from, count);
                    specialA = specialA.plus(a.special());
                    specialB = specialB.plus(a.special());
                }
            } else {
                a.load(from, count);
                b.load(from, count);
                specialA = specialA.plus(a.special());
                specialB = specialB.plus(b.special());
                for (int i = 0; i < count; i++) {
                    compare(i, from + i);
                }
            }
        }
        return new ValueDiff(elements, equal, equal + within, maxAbsolute, maxRelative, first, specialA, specialB);
    }

    private boolean haveSameBytes(long from, int count) throws IOException {
        int width = one.dtype().bits() / 8;
        return one.dtype() == other.dtype()
                && one.data()
                        .window(from * width, count * width)
                        .equals(other.data().window(from * width, count * width));
    }

    private void compare(int at, long element) {
        if (a.isEqual(b, at)) {
            equal++;
            return;
        }
        double absolute = a.distance(b, at);
        maxAbsolute = Math.max(maxAbsolute, absolute);
        // No number where one of them is NaN, if only in part, or where both are infinite.
        double relative = absolute / Math.max(a.magnitude(at), b.magnitude(at));
        maxRelative = Math.max(maxRelative, Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative);
        if (tolerance.covers(absolute, b.magnitude(at))) {
            within++;
        } else if (first.isEmpty()) {
            first = Optional.of(new FirstDifference(one.shape().place(element), a.text(at), b.text(at)));
        }
    }
}
