package io.graft.config.reading;

import io.graft.config.hocon.SourceTexts;
import io.graft.problem.Problem;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the values of a configuration's secret keys out of what others write about it: an author's messages, and what their code
 * throws. The values are those of keys that are declared secret or whose name ends in {@code password}, and, unless they are
 * plain words, of keys whose name ends in {@code key} or {@code token}; they are found as they stand in the file, not if they
 * were cut or encoded.
 */
public final class Redaction {
    private final SourceTexts texts;

    private Redaction(SourceTexts texts) {
        this.texts = texts;
    }

    /** For the whole configuration that a value is from. */
    public static Redaction of(ConfigCursor cursor) {
        return new Redaction(cursor.texts());
    }

    /** The text with {@code ***} in place of secrets. */
    public String text(String text) {
        return texts.secrets().mask(text);
    }

    /** The problem without secrets in its words and in the line that it quotes. */
    public Problem problem(Problem problem) {
        return texts.withoutSecrets(problem);
    }

    /** The problems without secrets. */
    public List<Problem> problems(List<Problem> problems) {
        return problems.stream().map(this::problem).toList();
    }

    /**
     * The throwable; if it, or anything behind it, speaks of a secret, another one with the same stack traces, and with the
     * secret taken out of the messages.
     */
    // A compiler that does not find JSpecify leaves its annotations out.
    @SuppressWarnings("exports")
    public @Nullable Throwable cause(@Nullable Throwable thrown) {
        return thrown == null || !tells(thrown, newSet()) ? thrown : redacted(thrown, newSet());
    }

    private boolean tells(@Nullable Throwable thrown, Set<Throwable> seen) {
        if (thrown == null || !seen.add(thrown)) {
            return false;
        }
        String words = thrown.toString();
        boolean suppressed = false;
        for (Throwable other : thrown.getSuppressed()) {
            suppressed |= tells(other, seen);
        }
        return suppressed || !text(words).equals(words) || tells(thrown.getCause(), seen);
    }

    private @Nullable Throwable redacted(@Nullable Throwable thrown, Set<Throwable> seen) {
        if (thrown == null || !seen.add(thrown)) {
            return null;
        }
        Throwable copy = new Redacted(text(thrown.toString()), redacted(thrown.getCause(), seen));
        copy.setStackTrace(thrown.getStackTrace());
        for (Throwable other : thrown.getSuppressed()) {
            Throwable shown = redacted(other, seen);
            if (shown != null) {
                copy.addSuppressed(shown);
            }
        }
        return copy;
    }

    private static Set<Throwable> newSet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** Stands in for a throwable whose words must not be shown. */
    private static final class Redacted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Redacted(String words, @Nullable Throwable cause) {
            super(words, cause);
        }
    }
}
