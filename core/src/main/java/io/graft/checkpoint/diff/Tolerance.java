package io.graft.checkpoint.diff;

/**
 * How far values may be apart and still count as the same: {@code |a - b| <= absolute + relative * |b|}, the formula of {@code
 * numpy.allclose} and {@code torch.allclose}, in which {@code b} is the reference. NaN and NaN are the same, and so are equal
 * infinities; an infinity and anything else are not.
 *
 * @param absolute at least 0
 * @param relative at least 0
 */
public record Tolerance(double absolute, double relative) {
    /** Values must be equal. */
    public static final Tolerance EXACT = new Tolerance(0, 0);

    /** @throws IllegalArgumentException if one of them is no number from 0; the message is one line */
    public Tolerance {
        require(absolute);
        require(relative);
    }

    private static void require(double bound) {
        if (!(bound >= 0 && bound < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("`" + bound + "` is no number from 0");
        }
    }

    /**
     * Reads {@code 1e-6}, the absolute part alone, or {@code 1e-6,1e-5}.
     *
     * @throws IllegalArgumentException if the text is neither; the message is one line
     */
    public static Tolerance parse(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length > 2) {
            throw new IllegalArgumentException("`" + text + "` has more than two numbers");
        }
        return new Tolerance(number(parts[0]), parts.length == 1 ? 0 : number(parts[1]));
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text.strip());
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("`" + text + "` is no number", none);
        }
    }

    /** Whether nothing is tolerated. */
    public boolean isExact() {
        return absolute == 0 && relative == 0;
    }

    /**
     * Whether two values that are not equal count as the same.
     *
     * @param distance of them; infinite where one of them is NaN or infinite
     * @param reference the magnitude of the second
     */
    boolean covers(double distance, double reference) {
        return distance < Double.POSITIVE_INFINITY && distance <= absolute + relative * reference;
    }

    /** For people: {@code 1.0E-6, relative 1.0E-5}. */
    @Override
    public String toString() {
        return absolute + (relative == 0 ? "" : ", relative " + relative);
    }
}
