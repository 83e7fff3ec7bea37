package io.graft.processor.render;

import java.math.BigDecimal;

/** Numbers as a person would write them. */
final class Numbers {
    private static final double LARGEST_PLAIN = 1e15;

    private Numbers() {}

    /** {@code 8} for 8.0; exact, whatever the locale. */
    static String text(double value) {
        boolean plain = value == Math.rint(value) && Math.abs(value) < LARGEST_PLAIN;
        return plain ? BigDecimal.valueOf(value).toBigInteger().toString() : Double.toString(value);
    }
}
