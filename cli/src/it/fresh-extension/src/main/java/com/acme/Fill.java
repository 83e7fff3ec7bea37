package com.acme;

/** What every element becomes; a file says which one by {@code type}. */
public sealed interface Fill {
    double value();

    /** Zero. */
    record Zeros() implements Fill {
        @Override
        public double value() {
            return 0;
        }
    }

    /**
     * A number.
     *
     * @param value the number
     */
    record Constant(double value) implements Fill {}
}
