package io.graft.config.decoding;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Decoder;
import io.graft.config.reading.Found;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import java.util.function.Function;

/** Decodes the text of a scalar, numbers and booleans as the file writes them. */
record ScalarDecoder<T>(Decoder<T> decoder) implements ValueDecoder<T> {
    /** A decoder from its parts; the function throws {@link IllegalArgumentException} as {@link Decoder#decode} does. */
    static <T> ScalarDecoder<T> of(String expected, Function<String, T> function) {
        return new ScalarDecoder<>(new Decoder<T>() {
            @Override
            public String expected() {
                return expected;
            }

            @Override
            public T decode(String text) {
                return function.apply(text);
            }
        });
    }

    @Override
    public Bound<T> decode(ConfigCursor cursor) {
        String text = cursor.text().orElse(null);
        if (text == null) {
            return new Bound.Failed<>(Found.wrongType(cursor, decoder.expected()));
        }
        try {
            return new Bound.Ok<>(decoder.decode(text));
        } catch (IllegalArgumentException e) {
            return new Bound.Failed<>(malformed(cursor, e.getMessage()));
        }
    }

    private Problem malformed(ConfigCursor cursor, String reason) {
        // the reason repeats the text
        String message = reason == null || cursor.isSecret()
                ? "expected " + decoder.expected() + ", found " + Found.describe(cursor)
                : Printable.of(reason);
        return cursor.error(ProblemCode.MALFORMED_VALUE, message, "");
    }
}
