package io.graft.config.reading;

import io.graft.problem.ProblemCode;
import io.graft.problem.Spelling;
import io.graft.problem.Suggestions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Decodes the constants of an enum, which files spell in kebab-case. */
public final class EnumDecoder<E extends Enum<E>> implements ValueDecoder<E> {
    private final Map<String, E> constants;

    /** For the constants of this enum. */
    public EnumDecoder(Class<E> type) {
        Map<String, E> byName = new LinkedHashMap<>();
        for (E constant : type.getEnumConstants()) {
            byName.put(Spelling.kebab(constant.name().toLowerCase(Locale.ROOT)), constant);
        }
        this.constants = Collections.unmodifiableMap(byName);
    }

    @Override
    public Bound<E> decode(ConfigCursor cursor) {
        String text = cursor.text().orElse(null);
        if (text == null) {
            return new Bound.Failed<>(
                    Found.wrongType(cursor, "a text (one of: " + String.join(", ", constants.keySet()) + ")"));
        }
        E constant = constants.get(text);
        if (constant != null) {
            return new Bound.Ok<>(constant);
        }
        String help = cursor.isSecret() ? "" : closest(text);
        return new Bound.Failed<>(cursor.error(ProblemCode.UNKNOWN_ENUM, expected(), help));
    }

    /** Decodes a key of a map. */
    Bound<E> decodeKey(ConfigCursor cursor) {
        E constant = constants.get(cursor.key());
        return constant != null
                ? new Bound.Ok<>(constant)
                : new Bound.Failed<>(cursor.keyError(ProblemCode.UNKNOWN_ENUM, expected(), closest(cursor.key())));
    }

    private String expected() {
        return "expected one of: " + String.join(", ", constants.keySet());
    }

    private String closest(String text) {
        return Suggestions.closest(text, constants.keySet())
                .map(name -> "closest is `" + name + "`")
                .orElse("");
    }
}
