package io.graft.config;

import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Takes what a {@link Check} finds, and gives it its place in the file. */
public final class CheckSink {
    private final String check;
    private final ConfigCursor object;
    private final Function<String, Optional<ConfigCursor>> keys;
    private final Consumer<Problem> report;

    CheckSink(
            String check,
            ConfigCursor object,
            Function<String, Optional<ConfigCursor>> keys,
            Consumer<Problem> report) {
        this.check = check;
        this.object = object;
        this.keys = keys;
        this.report = report;
    }

    /** Where something is wrong. */
    public final class Place {
        private final ConfigCursor cursor;
        private final Optional<String> note;

        private Place(ConfigCursor cursor, Optional<String> note) {
            this.cursor = cursor;
            this.note = note;
        }

        /** Reports what must be changed; one line, in the words of the configuration. */
        public void error(String message) {
            tell(message, Severity.ERROR);
        }

        /** Reports what is likely to be a mistake; the options are used nevertheless. */
        public void warn(String message) {
            tell(message, Severity.WARNING);
        }

        private void tell(String message, Severity severity) {
            String shown = object.texts().secrets().mask(message);
            Problem problem = cursor.error(ProblemCode.CHECK_FAILED, Printable.of(shown), "")
                    .as(severity);
            report.accept(note.map(problem::withNote).orElse(problem));
        }
    }

    /**
     * The value of a key, or the object if the file does not give it.
     *
     * @param key in kebab-case; of what is inside the value, a path: {@code rename[0].from}
     */
    public Place on(String key) {
        return keys.apply(key)
                .map(value -> new Place(value, Optional.empty()))
                .orElseGet(() -> new Place(
                        object,
                        Optional.of("the check `" + check + "` reports on `" + key + "`, which is no key here")));
    }

    /** The options as a whole. */
    public Place onOptions() {
        return new Place(object, Optional.empty());
    }
}
