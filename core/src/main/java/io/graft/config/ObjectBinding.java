package io.graft.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Binds one object of a configuration: names its keys, then {@linkplain #finish finishes}. Every problem of every key is
 * collected, and one mistake gives one problem: a misspelt key is not missing too, and what is inside a value of the wrong
 * form is not looked at.
 *
 * <p>A key is named in kebab-case. Its snake_case spelling is the same key; any other is an error that shows the right one.
 */
public final class ObjectBinding {
    private final ConfigCursor cursor;
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> keys = new TreeSet<>();
    private final Set<String> read = new HashSet<>();
    private final Set<String> missing = new TreeSet<>();
    private final List<List<String>> exclusive = new ArrayList<>();

    ObjectBinding(ConfigCursor cursor) {
        this.cursor = cursor;
        if (!cursor.isObject()) {
            problems.add(Found.wrongType(cursor, "an object"));
        }
    }

    /** A key and what its value is; say next what happens without it. */
    public <T> KeyBinding<T> key(String key, ValueDecoder<T> decoder) {
        keys.add(key);
        String snake = Spelling.snake(key);
        ConfigCursor value = cursor.child(key);
        if (snake.equals(key)) {
            read.add(key);
            return new KeyBinding<>(this, key, value, decoder);
        }
        ConfigCursor other = cursor.child(snake);
        read.add(key);
        read.add(snake);
        if (value.isPresent() && other.isPresent()) {
            report(bothSpellings(key, value, snake, other));
            return KeyBinding.refused(this, key, value, decoder);
        }
        return new KeyBinding<>(this, key, other.isPresent() ? other : value, decoder);
    }

    /** Demands that exactly one of these optional keys is given. */
    public ObjectBinding exactlyOneOf(String... alternatives) {
        exclusive.add(List.of(alternatives));
        return this;
    }

    /**
     * The object's value: what the constructor gives, if there is no error. An {@link IllegalArgumentException} of the
     * constructor is an error at the object.
     */
    public <R> Bound<R> finish(Supplier<R> constructor) {
        if (cursor.isObject()) {
            Set<String> explained = reportUnread();
            missing.removeAll(explained);
            missing.forEach(this::reportMissing);
            exclusive.forEach(alternatives -> reportExclusive(alternatives, explained));
        }
        if (problems.stream().anyMatch(Problem::isError)) {
            return new Bound.Failed<>(problems);
        }
        try {
            return new Bound.Ok<>(constructor.get(), problems);
        } catch (IllegalArgumentException e) {
            report(rejected(e));
            return new Bound.Failed<>(problems);
        }
    }

    void report(Problem problem) {
        problems.add(problem);
    }

    void missing(String key) {
        missing.add(key);
    }

    /** Reports the keys that nobody reads, and tells which keys they were meant to be. */
    private Set<String> reportUnread() {
        Set<String> explained = new HashSet<>();
        for (String written : cursor.keys()) {
            // a key that starts with x- is a person's own remark
            if (read.contains(written) || cursor.reserved().contains(written) || written.startsWith("x-")) {
                continue;
            }
            ConfigCursor unread = cursor.child(written);
            Optional<String> respelt = keys.stream()
                    .filter(key -> Spelling.bare(key).equals(Spelling.bare(written)))
                    .findFirst();
            if (respelt.isPresent()) {
                explained.add(respelt.get());
                report(wrongSpelling(unread, respelt.get()));
            } else {
                Suggestions.near(Spelling.kebab(written), keys).stream()
                        .filter(this::isAbsent)
                        .findFirst()
                        .ifPresent(explained::add);
                report(unknownKey(unread));
            }
        }
        return explained;
    }

    private boolean isAbsent(String key) {
        return !cursor.at(key).isPresent();
    }

    private void reportMissing(String key) {
        ConfigCursor absent = cursor.child(key);
        Problem problem = absent.error(
                ProblemCode.MISSING_KEY, subject() + " needs the key `" + key + "`" + where(), "add it here");
        report(absent.note().map(problem::withNote).orElse(problem));
    }

    private void reportExclusive(List<String> alternatives, Set<String> explained) {
        List<String> given = alternatives.stream().filter(key -> !isAbsent(key)).toList();
        String all = "`" + String.join("`, `", alternatives) + "`";
        if (given.size() > 1) {
            report(cursor.at(given.get(1))
                    .keyError(
                            ProblemCode.EXCLUSIVE,
                            "`" + String.join("` and `", given) + "` exclude each other",
                            "keep exactly one of " + all));
        } else if (given.isEmpty() && alternatives.stream().noneMatch(explained::contains)) {
            report(cursor.error(
                    ProblemCode.MISSING_KEY,
                    subject() + " needs exactly one of the keys " + all + where(),
                    "add one here"));
        }
    }

    private Problem bothSpellings(String key, ConfigCursor value, String snake, ConfigCursor other) {
        Problem problem = other.keyError(
                ProblemCode.BOTH_SPELLINGS,
                "`" + snake + "` is the same key as `" + key + "`, which is given too",
                "keep one of them");
        return value.keySource()
                .map(at -> problem.withNote("`" + key + "` is at " + at.display()))
                .orElse(problem);
    }

    private Problem wrongSpelling(ConfigCursor unread, String key) {
        String snake = Spelling.snake(key);
        String right = snake.equals(key) ? "write `" + key + "`" : "write `" + key + "` (or `" + snake + "`)";
        return unread.keyError(ProblemCode.WRONG_SPELLING, right, "");
    }

    private Problem unknownKey(ConfigCursor unread) {
        String name = Quoting.quote(unread.key());
        String help = Suggestions.didYouMean(Spelling.kebab(unread.key()), keys);
        Problem problem = unread.keyError(ProblemCode.UNKNOWN_KEY, subject() + " has no key " + name + where(), help);
        boolean ambient = unread.origin()
                .filter(origin -> ValueOrigin.isSystemProperty(origin) || ValueOrigin.isEnvironment(origin))
                .isPresent();
        // properties of the machine may be meant for somebody else
        Problem weighed = ambient ? problem.as(Severity.WARNING) : problem;
        return keys.isEmpty() ? weighed : weighed.withNote("keys: " + String.join(", ", keys));
    }

    private Problem rejected(IllegalArgumentException e) {
        boolean secret = cursor.isSecret() || keys.stream().anyMatch(Secrets::isSecret);
        String reason = secret || e.getMessage() == null ? "" : ": " + Quoting.escape(e.getMessage());
        return cursor.error(
                ProblemCode.RECORD_CONSTRUCTOR_REJECTED, subject() + " refuses these values" + where() + reason, "");
    }

    private String subject() {
        return cursor.subject();
    }

    private String where() {
        String path = cursor.pathInSubject();
        return path.isEmpty() ? "" : " in `" + path + "`";
    }
}
