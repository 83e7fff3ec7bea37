package io.graft.config.reading;

import io.graft.config.writing.Encoders;
import io.graft.config.writing.ValueEncoder;

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

    /**
     * What writes such values: the decoder, if it is a {@link ValueEncoder} too; any other has to read their {@code toString}.
     */
    default ValueEncoder<T> encoder() {
        return Encoders.reversing(this);
    }
}
