package io.graft.config.reading;

import io.graft.problem.ProblemCode;
import io.graft.problem.Spelling;
import io.graft.problem.Suggestions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Decodes the constants of an enum, which files spell in kebab-case; a value may be in snake_case and in upper case, too. */
public final class EnumDecoder<E extends Enum<E>> implements ValueDecoder<E> {
    private final Class<E> type;
    private final List<String> names;

    /** For the constants of this enum. */
    public EnumDecoder(Class<E> type) {
        this.type = type;
        this.names = Stream.of(type.getEnumConstants()).map(Spelling::of).toList();
    }

    @Override
    public Bound<E> decode(ConfigCursor cursor) {
        String text = cursor.text().orElse(null);
        if (text == null) {
            return new Bound.Failed<>(Found.wrongType(cursor, "a text (one of: " + String.join(", ", names) + ")"));
        }
        Optional<E> constant = Spelling.constant(type, text);
        if (constant.isPresent()) {
            return new Bound.Ok<>(constant.get());
        }
        String help = cursor.isSecret() ? "" : closest(text);
        return new Bound.Failed<>(cursor.error(ProblemCode.UNKNOWN_ENUM, expected(), help));
    }

    /** Decodes a key of a map, which is in one spelling alone, so that none comes twice. */
    Bound<E> decodeKey(ConfigCursor cursor) {
        int position = names.indexOf(cursor.key());
        return position >= 0
                ? new Bound.Ok<>(type.getEnumConstants()[position])
                : new Bound.Failed<>(cursor.keyError(ProblemCode.UNKNOWN_ENUM, expected(), closest(cursor.key())));
    }

    private String expected() {
        return "expected one of: " + String.join(", ", names);
    }

    private String closest(String text) {
        return Suggestions.closest(text, names)
                .map(name -> "closest is `" + name + "`")
                .orElse("");
    }
}
