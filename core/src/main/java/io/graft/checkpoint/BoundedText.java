package io.graft.checkpoint;

/** A name for a stranger's regular expression to be tried on: one that backtracks without end is stopped. */
public final class BoundedText implements CharSequence {
    private static final int MOST_STEPS = 1 << 20;

    private final String text;
    private int steps;

    public BoundedText(String text) {
        this.text = text;
    }

    /** Thrown out of a match that takes too long. */
    public static final class TooSlowException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private TooSlowException() {}
    }

    @Override
    public char charAt(int index) {
        if (++steps > MOST_STEPS) {
            throw new TooSlowException();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
