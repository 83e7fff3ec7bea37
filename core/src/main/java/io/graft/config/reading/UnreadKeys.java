package io.graft.config.reading;

import io.graft.config.hocon.ValueOrigin;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import io.graft.problem.Severity;
import io.graft.problem.Spelling;
import io.graft.problem.Suggestions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Says of each key that nobody reads what is wrong with it: removed, misspelt, misplaced or unknown.
 *
 * @param isAbsent whether the object does not give a key
 */
record UnreadKeys(ConfigCursor object, Level level, Predicate<String> isAbsent, Consumer<Problem> report) {
    /** Reports all but the keys read; tells which keys the others were meant to be. */
    Set<String> check(Set<String> read) {
        Set<String> explained = new HashSet<>();
        for (String written : object.keys()) {
            // a key that starts with x- is a person's own remark
            if (!read.contains(written) && !object.reserved().contains(written) && !written.startsWith("x-")) {
                meant(object.child(written)).ifPresent(explained::add);
            }
        }
        return explained;
    }

    private Optional<String> meant(ConfigCursor unread) {
        Optional<String> foreign = unread.file().filter(level::includes);
        if (foreign.isPresent() && unread.isOff()) {
            report.accept(unused(unread, foreign.get()));
            return Optional.empty();
        }
        Optional<String> respelt = level.respelt(unread.key());
        List<String> near = Suggestions.near(Spelling.kebab(unread.key()), level.suggestions());
        if (near.stream().anyMatch(object.texts().secrets()::isSecret)) {
            // who misspells a secret's key has still written the secret
            object.texts().secrets().addKey(unread.key());
        }
        if (unread.isSecret()) {
            unread.withhold();
        }
        if (respelt.isPresent()) {
            report.accept(wrongSpelling(unread, respelt.get()));
            return level.keyOf(respelt.get());
        }
        Optional<Level.Gone> gone = level.gone(unread.key());
        if (gone.isPresent()) {
            report.accept(removed(unread, gone.get()));
            return Optional.empty();
        }
        String name = Spelling.kebab(unread.key());
        Optional<Problem> misplaced = near.isEmpty() ? misplaced(unread, name) : Optional.empty();
        report.accept(misplaced.orElseGet(() -> unknown(unread, name)));
        return near.stream()
                .flatMap(candidate -> level.keyOf(candidate).stream())
                .filter(isAbsent)
                .findFirst();
    }

    private Problem unused(ConfigCursor unread, String file) {
        return unread.keyError(
                        ProblemCode.UNKNOWN_KEY,
                        object.subject() + " has no key " + Quoting.quote(unread.key()) + object.where()
                                + ", which is off in `" + file + "` and has no effect",
                        "")
                .as(Severity.WARNING);
    }

    private static Problem wrongSpelling(ConfigCursor unread, String name) {
        String snake = Spelling.snake(name);
        String right = snake.equals(name) ? "write `" + name + "`" : "write `" + name + "` (or `" + snake + "`)";
        return unread.keyError(ProblemCode.WRONG_SPELLING, right, "");
    }

    private static Problem removed(ConfigCursor unread, Level.Gone key) {
        return unread.keyError(
                ProblemCode.REMOVED_KEY,
                Quoting.quote(unread.key()) + " was removed in " + key.since() + ": " + key.reason(),
                "take it out");
    }

    private Optional<Problem> misplaced(ConfigCursor unread, String name) {
        Optional<String> holder = level.holderOf(name);
        if (holder.isPresent()) {
            return Optional.of(unread.keyError(
                    ProblemCode.MISPLACED_KEY,
                    Quoting.quote(unread.key()) + " is a key of `" + holder.get() + "`",
                    "move it into `" + holder.get() + "`"));
        }
        if (!object.outerKeys().contains(name)) {
            return Optional.empty();
        }
        String around = Quoting.quote(object.holder().key());
        return Optional.of(unread.keyError(
                ProblemCode.MISPLACED_KEY,
                Quoting.quote(unread.key()) + " is a key of the object around " + around,
                "move it out of " + around));
    }

    private Problem unknown(ConfigCursor unread, String name) {
        Problem problem = unread.keyError(
                ProblemCode.UNKNOWN_KEY,
                object.subject() + " has no key " + Quoting.quote(unread.key()) + object.where(),
                Suggestions.didYouMean(name, level.suggestions()));
        boolean ambient = unread.origin()
                .filter(origin -> ValueOrigin.isSystemProperty(origin) || ValueOrigin.isEnvironment(origin))
                .isPresent();
        // properties of the machine may be meant for somebody else
        Problem weighed = ambient ? problem.as(Severity.WARNING) : problem;
        return level.keys().isEmpty() ? weighed : weighed.withNote("keys: " + String.join(", ", level.keys()));
    }
}
