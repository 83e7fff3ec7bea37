package io.graft.config.reading;

import com.typesafe.config.ConfigValue;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;

/** What stands where something else was expected, in words. */
public final class Found {
    private Found() {}

    /** That a value is of another type; its words are {@code expected a text, found an object}. */
    public static Problem wrongType(ConfigCursor cursor, String expected) {
        return wrongType(cursor, expected, "");
    }

    /** As {@link #wrongType(ConfigCursor, String)}, and what to do. */
    public static Problem wrongType(ConfigCursor cursor, String expected, String help) {
        if (cursor.isNull()) {
            return cursor.error(ProblemCode.NULL_NOT_ALLOWED, "expected " + expected + ", found null", help);
        }
        return cursor.error(ProblemCode.WRONG_TYPE, "expected " + expected + ", found " + describe(cursor), help);
    }

    /** {@code the number 5}, {@code an object}. */
    public static String describe(ConfigCursor cursor) {
        ConfigValue value = cursor.value();
        if (value == null) {
            return "nothing";
        }
        boolean secret = cursor.isSecret();
        return switch (value.valueType()) {
            case OBJECT -> "an object";
            case LIST -> "a list";
            case NULL -> "null";
            case NUMBER -> secret ? "a number" : "the number " + cursor.text().orElse("");
            case BOOLEAN -> secret ? "true or false" : "`" + value.unwrapped() + "`";
            case STRING ->
                secret
                        ? "a text"
                        : "the text " + Quoting.quote(value.unwrapped().toString());
        };
    }

    /** A scalar in back-ticks or, where it must not be shown, {@code the value}. */
    public static String quote(ConfigCursor cursor) {
        return cursor.isSecret() ? "the value" : Quoting.quote(cursor.text().orElse(""));
    }
}
