package io.graft.config.reading;

import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Spelling;
import io.graft.problem.Suggestions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Binds an object that is one of several kinds: one key, the discriminator, holds the kind's tag, and the kind's binder reads
 * the rest. Name the kinds, then {@linkplain #finish finish}.
 */
public final class ChoiceBinding<T> {
    private final ConfigCursor cursor;
    private final String discriminator;
    private final Map<String, Binder<? extends T>> kinds = new LinkedHashMap<>();

    ChoiceBinding(ConfigCursor cursor, String discriminator) {
        this.cursor = cursor;
        this.discriminator = discriminator;
    }

    /** A kind, by its tag. */
    public ChoiceBinding<T> option(String tag, Binder<? extends T> binder) {
        kinds.put(tag, binder);
        return this;
    }

    /** The object as the kind that it says it is; without a known tag, nothing else of it is looked at. */
    public Bound<T> finish() {
        if (!cursor.isObject()) {
            return new Bound.Failed<>(Found.wrongType(cursor, "an object"));
        }
        ConfigCursor tag = cursor.at(discriminator);
        if (!tag.isPresent()) {
            return new Bound.Failed<>(missing(tag));
        }
        Optional<String> text = tag.text();
        if (text.isEmpty()) {
            return new Bound.Failed<>(Found.wrongType(tag, "a text (one of: " + tags() + ")"));
        }
        Binder<? extends T> kind = kinds.get(text.get());
        return kind == null
                ? new Bound.Failed<>(unknown(tag, text.get()))
                : kind.bind(cursor.withReserved(Set.of(tag.key()))).map(value -> value);
    }

    private Problem missing(ConfigCursor absent) {
        String inside = cursor.pathInSubject();
        String where = inside.isEmpty() ? "" : " in `" + inside + "`";
        String message = cursor.subject() + " needs the key `" + discriminator + "`" + where + "; one of: " + tags();
        Problem problem =
                absent.error(ProblemCode.MISSING_TAG, message, misspelt().orElse("add it here"));
        return absent.note().map(problem::withNote).orElse(problem);
    }

    private Optional<String> misspelt() {
        return cursor.keys().stream()
                .filter(key -> Spelling.bare(key).equals(Spelling.bare(discriminator))
                        || !Suggestions.near(Spelling.kebab(key), Set.of(discriminator))
                                .isEmpty())
                .findFirst()
                .map(key -> "write `" + discriminator + "` for " + Quoting.quote(key));
    }

    private Problem unknown(ConfigCursor tag, String text) {
        String help = tag.isSecret()
                ? ""
                : Suggestions.closest(text, kinds.keySet())
                        .map(name -> "closest is `" + name + "`")
                        .orElse("");
        return tag.error(ProblemCode.UNKNOWN_TAG, "expected one of: " + tags(), help);
    }

    private String tags() {
        return String.join(", ", kinds.keySet());
    }
}
