package io.graft.config.reading;

import io.graft.config.hocon.KeyPath;
import io.graft.config.hocon.Secrets;
import io.graft.problem.Printable;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Binds one object of a configuration: names its keys, then {@linkplain #finish finishes}, which is when values are read. Every
 * problem of every key is collected, and one mistake gives one problem: a misspelt key is not missing too, and what is inside
 * a value of the wrong form is not looked at.
 *
 * <p>A key is named in kebab-case. Its snake_case spelling is the same key; any other is an error that shows the right one.
 */
public final class ObjectBinding {
    private final ConfigCursor cursor;
    private final Level level = new Level();
    private final KeyRelations relations = new KeyRelations();
    private final List<Declared> declared = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Set<String> missing = new TreeSet<>();
    private final Map<String, ConfigCursor> found = new HashMap<>();
    private final List<Made<?>> values = new ArrayList<>();

    /** A key, and what takes its value. */
    private record Declared(KeyNames names, Consumer<ConfigCursor> reader) {}

    ObjectBinding(ConfigCursor cursor) {
        this.cursor = cursor;
        if (!cursor.isObject()) {
            problems.add(Found.wrongType(cursor, "an object"));
        }
    }

    /** A key and what its value is; say next what happens without it. */
    public <T> KeyBinding<T> key(String key, ValueDecoder<T> decoder) {
        return new KeyBinding<>(this, key, decoder);
    }

    /**
     * A key that there was once: an error that says why it is gone, and what to write instead.
     *
     * @param since the version that removed it
     */
    public ObjectBinding removed(String key, String since, String reason) {
        level.remove(new Level.Gone(key, since, reason));
        return this;
    }

    /**
     * Names a file that another program writes and that may be included here: what it has beside these keys is a warning where it is off.
     *
     * @param file its name, without a folder
     */
    public ObjectBinding includes(String file) {
        level.include(file);
        return this;
    }

    /** Demands that exactly one of these optional keys is given. */
    public ObjectBinding exactlyOneOf(String... alternatives) {
        relations.exactlyOneOf(List.of(alternatives));
        return this;
    }

    /** Demands that at most one of these keys is given. */
    public ObjectBinding exclusive(String... alternatives) {
        relations.exclusive(List.of(alternatives));
        return this;
    }

    /** Demands another key of whoever gives this one. */
    public ObjectBinding requires(String key, String with) {
        relations.requires(key, with);
        return this;
    }

    /**
     * The object's value: what the constructor gives, if there is no error. An {@link IllegalArgumentException} of the
     * constructor is an error at the object.
     */
    public <R> Bound<R> finish(Supplier<R> constructor) {
        return finish(constructor, List.of());
    }

    /** As {@link #finish(Supplier)}, and no check of the value reports an error. */
    public <R> Bound<R> finish(Supplier<R> constructor, List<OptionsCheck<R>> checks) {
        return finishWith(value(constructor, checks));
    }

    /** A value that is made of keys of this object, and of other such values of it; see {@link #finish(Supplier)}. */
    public <R> Key<R> value(Supplier<R> constructor) {
        return value(constructor, List.of());
    }

    /** As {@link #value(Supplier)}, and no check of the value reports an error. */
    public <R> Key<R> value(Supplier<R> constructor, List<OptionsCheck<R>> checks) {
        Made<R> made = new Made<>(constructor, checks);
        values.add(made);
        return made;
    }

    /** The object's value: one that was made of its keys. Those that others are made of were named before them. */
    public <R> Bound<R> finishWith(Key<R> value) {
        readKeys();
        values.stream().takeWhile(made -> !hasErrors()).forEach(Made::construct);
        if (!hasErrors()) {
            values.forEach(Made::check);
        }
        // what is secret may have been learnt after a line was quoted
        problems.replaceAll(cursor.texts()::withoutSecrets);
        return hasErrors() ? new Bound.Failed<>(problems) : new Bound.Ok<>(value.get(), problems);
    }

    /** A value that is made when every key has been read. */
    private final class Made<R> implements Key<R> {
        private final Supplier<R> constructor;
        private final List<OptionsCheck<R>> checks;
        private Optional<R> value = Optional.empty();

        private Made(Supplier<R> constructor, List<OptionsCheck<R>> checks) {
            this.constructor = constructor;
            this.checks = List.copyOf(checks);
        }

        @Override
        public R get() {
            return value.orElseThrow(() -> new IllegalStateException("it is not made yet"));
        }

        private void construct() {
            try {
                value = Optional.of(constructor.get());
            } catch (IllegalArgumentException e) {
                report(rejected(e));
            }
        }

        private void check() {
            checks.forEach(check -> run(check, get()));
        }
    }

    void declare(KeyNames names, Collection<String> below, Consumer<ConfigCursor> reader) {
        level.add(names, below);
        declared.add(new Declared(names, reader));
    }

    void withhold(KeyNames names) {
        names.all().forEach(cursor.texts().secrets()::addKey);
    }

    void report(Problem problem) {
        problems.add(problem);
    }

    void missing(String key) {
        missing.add(key);
    }

    private void readKeys() {
        Set<String> read = new HashSet<>();
        KeyFinder finder = new KeyFinder(cursor, read, this::report);
        Set<String> keys = Set.copyOf(level.keys());
        for (Declared key : declared) {
            finder.find(key.names()).ifPresent(value -> {
                found.put(key.names().key(), value);
                key.reader().accept(value.withOuterKeys(keys));
            });
        }
        if (!cursor.isObject()) {
            return;
        }
        Set<String> explained = new UnreadKeys(cursor, level, key -> given(key).isEmpty(), this::report).check(read);
        explained.addAll(misplacedBelow());
        found.forEach(this::forgiveWhatStandsAbove);
        missing.removeAll(explained);
        missing.forEach(this::reportMissing);
        relations.check(cursor, this::given, explained).forEach(this::report);
    }

    /** The keys of this object that objects below it have been given. */
    private List<String> misplacedBelow() {
        return problems.stream()
                .filter(problem -> problem.code() == ProblemCode.MISPLACED_KEY)
                .map(ObjectBinding::lastKey)
                .toList();
    }

    /** Takes back that an object below lacks a key that stands in this one by mistake. */
    private void forgiveWhatStandsAbove(String holder, ConfigCursor value) {
        List<String> here =
                cursor.keys().stream().map(key -> cursor.child(key).path()).toList();
        Set<String> astray = problems.stream()
                .filter(problem -> problem.code() == ProblemCode.MISPLACED_KEY && here.contains(problem.path()))
                .map(ObjectBinding::lastKey)
                .filter(key -> level.holderOf(key).filter(holder::equals).isPresent())
                .collect(Collectors.toSet());
        problems.removeIf(problem -> problem.code() == ProblemCode.MISSING_KEY
                && problem.path().startsWith(value.path())
                && astray.contains(lastKey(problem)));
    }

    private static String lastKey(Problem problem) {
        List<String> steps = KeyPath.parse(problem.path()).steps();
        return Spelling.kebab(steps.get(steps.size() - 1));
    }

    /** The value of a key of this object, unless it is absent or null. */
    private Optional<ConfigCursor> given(String key) {
        return Optional.ofNullable(found.get(key)).filter(value -> value.isPresent() && !value.isNull());
    }

    private boolean hasErrors() {
        return problems.stream().anyMatch(Problem::isError);
    }

    private void reportMissing(String key) {
        ConfigCursor absent = cursor.child(key);
        Problem problem = absent.error(
                ProblemCode.MISSING_KEY,
                cursor.subject() + " needs the key `" + key + "`" + cursor.where(),
                "add it here");
        report(absent.note().map(problem::withNote).orElse(problem));
    }

    private Problem rejected(IllegalArgumentException e) {
        Secrets secrets = cursor.texts().secrets();
        boolean secret = cursor.isSecret() || level.keys().stream().anyMatch(secrets::isSecret);
        boolean shown = !secret && e.getMessage() != null;
        return cursor.error(
                ProblemCode.RECORD_CONSTRUCTOR_REJECTED,
                cursor.subject()
                        + " refuses these values"
                        + cursor.where()
                        + (shown ? ": " + Printable.of(secrets.mask(e.getMessage())) : ""),
                "");
    }

    private <R> void run(OptionsCheck<R> check, R options) {
        try {
            check.body().accept(options, new ObjectCheckSink(check.name(), cursor, this::placeOf, this::report));
        } catch (Throwable e) {
            // the exception's message may hold any value
            report(cursor.error(
                    ProblemCode.CHECK_THREW,
                    "the check `" + check.name() + "` ended with "
                            + e.getClass().getName() + cursor.where(),
                    "report it to whoever wrote the modifier"));
        }
    }

    /** The place of a path that begins with a key of this object; empty if there is no such key. */
    private Optional<ConfigCursor> placeOf(String path) {
        String key = KeyPath.parse(path).steps().get(0);
        String below = path.substring(key.length());
        return Optional.ofNullable(found.get(key))
                .map(value -> value.at(below.startsWith(".") ? below.substring(1) : below));
    }
}
