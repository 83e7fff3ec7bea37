package io.graft.config.decoding;

import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Found;
import io.graft.config.reading.ValueDecoder;
import io.graft.problem.ProblemCode;
import java.util.Locale;
import java.util.Map;

/** Decodes {@code true} and {@code false}, and nothing else: HOCON's {@code yes} and {@code on} are texts. */
final class BooleanDecoder implements ValueDecoder<Boolean> {
    private static final String EXPECTED = "`true` or `false`";
    private static final Map<String, Boolean> MEANT = Map.of(
            "true", true, "yes", true, "on", true, "1", true, "false", false, "no", false, "off", false, "0", false);

    @Override
    public Bound<Boolean> decode(ConfigCursor cursor) {
        if (cursor.unwrapped() instanceof Boolean truth) {
            return new Bound.Ok<>(truth);
        }
        String text = cursor.text().orElse("");
        boolean named = text.equals("true") || text.equals("false");
        if (named && cursor.isOutside()) {
            return new Bound.Ok<>(Boolean.valueOf(text));
        }
        if (named) {
            return new Bound.Failed<>(cursor.error(
                    ProblemCode.STRING_AS_NUMBER,
                    "expected " + EXPECTED + ", found " + Found.describe(cursor),
                    cursor.isSecret() ? "" : "write `" + text + "` without quotes"));
        }
        Boolean meant = cursor.isSecret() ? null : MEANT.get(text.toLowerCase(Locale.ROOT));
        return new Bound.Failed<>(Found.wrongType(cursor, EXPECTED, meant == null ? "" : "write `" + meant + "`"));
    }
}
