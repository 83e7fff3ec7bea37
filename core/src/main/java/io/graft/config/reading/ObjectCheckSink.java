package io.graft.config.reading;

import io.graft.config.CheckSink;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Severity;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Places what one check of an object finds.
 *
 * @param check its name, for messages
 * @param object that is checked
 * @param keys the values that the file gives, by path below the object
 * @param report takes the problems
 */
record ObjectCheckSink(
        String check, ConfigCursor object, Function<String, Optional<ConfigCursor>> keys, Consumer<Problem> report)
        implements CheckSink {
    @Override
    public Place on(String key) {
        return keys.apply(key)
                .map(value -> new At(value, Optional.empty()))
                .orElseGet(() -> new At(
                        object,
                        Optional.of("the check `" + check + "` reports on `" + key + "`, which is no key here")));
    }

    @Override
    public Place onOptions() {
        return new At(object, Optional.empty());
    }

    private final class At implements Place {
        private final ConfigCursor cursor;
        private final Optional<String> note;

        private At(ConfigCursor cursor, Optional<String> note) {
            this.cursor = cursor;
            this.note = note;
        }

        @Override
        public void error(String message) {
            tell(message, Severity.ERROR);
        }

        @Override
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
}
