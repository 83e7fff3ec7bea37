package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What a run of the command left: its exit code and both of its streams. */
public record Outcome(int code, String out, String err) {
    /** Asserts that the run ended so and said nothing on the error stream. */
    public Outcome is(int expected) {
        return is(expected, "");
    }

    /** Asserts that the run ended so and with these words on the error stream. */
    public Outcome is(int expected, String words) {
        assertEquals(words, err);
        assertEquals(expected, code, out);
        return this;
    }
}
