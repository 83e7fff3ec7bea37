package io.graft.config;

/** Turns one scalar of a configuration into a typed value. */
public interface Decoder<T> {
    /** What it accepts, for people: {@code an integer}, {@code a selector}. */
    String expected();

    /**
     * Decodes the text of a scalar.
     *
     * @throws IllegalArgumentException if the text is not one; the message says what is wrong with it, in one line
     */
    T decode(String text);
}
