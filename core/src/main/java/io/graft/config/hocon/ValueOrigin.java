package io.graft.config.hocon;

import com.typesafe.config.ConfigOrigin;
import java.util.Optional;

/** Where a value comes from, as far as decoding and messages depend on it. */
public final class ValueOrigin {
    /** What the library says of values that a program has made without a word on where they are from. */
    private static final String MADE = "hardcoded value";

    static final String DEFAULT = "default";
    static final String SET = "--set";
    static final String SYSTEM_PROPERTY = "-D";
    static final String ENVIRONMENT = "environment variable ";

    private ValueOrigin() {}

    /** Whether the value comes from outside every file, where all values are texts. */
    public static boolean isOutside(ConfigOrigin origin) {
        return isSet(origin) || isEnvironment(origin) || isSystemProperty(origin);
    }

    public static boolean isSet(ConfigOrigin origin) {
        return origin.description().startsWith(SET);
    }

    public static boolean isSystemProperty(ConfigOrigin origin) {
        String description = origin.description();
        return description.startsWith(SYSTEM_PROPERTY) || description.startsWith("system properties");
    }

    /** Whether any part of the value comes from the environment. */
    public static boolean isEnvironment(ConfigOrigin origin) {
        String description = origin.description();
        return description.contains(ENVIRONMENT) || description.startsWith("env var");
    }

    /** Whether a program has made the value, so that it stands nowhere. */
    public static boolean isNowhere(ConfigOrigin origin) {
        return origin.description().equals(MADE);
    }

    /** Whether source code has the value, for whoever does not give another. */
    public static boolean isDefault(ConfigOrigin origin) {
        return origin.filename() == null && name(origin).equals(DEFAULT);
    }

    /** The file that the value stands in, as it was named. */
    public static Optional<String> file(ConfigOrigin origin) {
        return Optional.ofNullable(origin.filename());
    }

    /** The file or, without one, what else is known. */
    public static String name(ConfigOrigin origin) {
        if (origin.filename() != null) {
            return origin.filename();
        }
        if (origin.resource() != null) {
            return origin.resource();
        }
        String description = origin.description();
        String line = ": " + origin.lineNumber();
        return description.endsWith(line)
                ? description.substring(0, description.length() - line.length())
                : description;
    }
}
