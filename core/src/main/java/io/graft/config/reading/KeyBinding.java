package io.graft.config.reading;

import io.graft.config.hocon.Literals;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.problem.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A key of an object that is being bound: first its other names and its constraints, then one call that says what happens
 * without it.
 */
public final class KeyBinding<T> {
    private final ObjectBinding object;
    private final String key;
    private final ValueDecoder<T> decoder;
    private final List<String> aliases = new ArrayList<>();
    private final List<FormerKey> former = new ArrayList<>();
    private boolean secret;
    private @Nullable Constraint<? super T> constraint;

    KeyBinding(ObjectBinding object, String key, ValueDecoder<T> decoder) {
        this.object = object;
        this.key = key;
        this.decoder = decoder;
    }

    /** Adds other names of the key, in kebab-case. */
    public KeyBinding<T> alias(String... others) {
        aliases.addAll(List.of(others));
        return this;
    }

    /**
     * Adds what the key was called before, in kebab-case; whoever writes it is warned.
     *
     * @param since the version that renamed it
     * @param removeIn the version that will no longer know the name; empty if that is open
     */
    public KeyBinding<T> renamedFrom(String name, String since, String removeIn) {
        former.add(new FormerKey(name, since, removeIn));
        return this;
    }

    /** Keeps the value out of every message and of the lines that messages quote. */
    public KeyBinding<T> secret() {
        secret = true;
        return this;
    }

    /** Adds a constraint; all are checked. A default is checked when it is compiled, and an absent value is not. */
    public KeyBinding<T> check(Constraint<? super T> further) {
        Constraint<? super T> before = constraint;
        constraint = before == null ? further : before.and(further);
        return this;
    }

    /** The file must give the key. */
    public Key<T> required() {
        return read(cursor -> {
            if (cursor.isPresent()) {
                return given(cursor, "");
            }
            object.missing(key);
            return Optional.empty();
        });
    }

    /** Without the key, the value is this HOCON text decoded as if it stood in the file. */
    public Key<T> orDefault(String hocon) {
        return read(cursor -> cursor.isPresent()
                ? given(cursor, "leave the key out to get the default " + Quoting.quote(hocon))
                : value(cursor, decoder.decode(cursor.with(Literals.parse(hocon)))));
    }

    /** Without the key, or with {@code null}, there is no value. */
    public Key<Optional<T>> optional() {
        return read(cursor -> !cursor.isPresent() || cursor.isNull()
                ? Optional.of(Optional.empty())
                : given(cursor, "").flatMap(value -> Optional.of(Optional.of(value))));
    }

    /**
     * Without the key, the collection is empty.
     *
     * @throws IllegalStateException if the decoder decodes no collection, which a generated binder never asks for
     */
    public Key<T> orEmpty() {
        T empty = decoder.empty().orElseThrow(() -> new IllegalStateException("`" + key + "` is no collection"));
        return read(
                cursor -> cursor.isPresent() ? given(cursor, "leave the key out to have none") : Optional.of(empty));
    }

    private <V> Key<V> read(Function<ConfigCursor, Optional<V>> reader) {
        KeyNames names = new KeyNames(key, aliases, former);
        if (secret) {
            object.withhold(names);
        }
        Slot<V> slot = new Slot<>(key);
        object.declare(names, decoder.keys(), cursor -> slot.value = reader.apply(cursor));
        return slot;
    }

    private Optional<T> given(ConfigCursor cursor, String helpForNull) {
        if (cursor.isNull()) {
            report(cursor, cursor.error(ProblemCode.NULL_NOT_ALLOWED, "must not be null", helpForNull));
            return Optional.empty();
        }
        if (secret) {
            cursor.withhold();
        }
        Bound<T> bound = decoder.decode(cursor);
        if (bound instanceof Bound.Ok<T> ok && constraint != null) {
            List<Problem> broken = constraint.check(ok.value(), cursor);
            broken.forEach(problem -> report(cursor, problem));
            if (!broken.isEmpty()) {
                return Optional.empty();
            }
        }
        return value(cursor, bound);
    }

    private Optional<T> value(ConfigCursor cursor, Bound<T> bound) {
        bound.problems().forEach(problem -> report(cursor, problem));
        return bound instanceof Bound.Ok<T> ok ? Optional.of(ok.value()) : Optional.empty();
    }

    private void report(ConfigCursor cursor, Problem problem) {
        boolean ofThisValue = problem.path().equals(cursor.path());
        Optional<String> note = ofThisValue ? cursor.note() : Optional.empty();
        object.report(note.map(problem::withNote).orElse(problem));
    }

    /** The place of a value that is read later. */
    private static final class Slot<V> implements Key<V> {
        private final String key;
        private Optional<V> value = Optional.empty();

        private Slot(String key) {
            this.key = key;
        }

        @Override
        public V get() {
            return value.orElseThrow(() -> new IllegalStateException("`" + key + "` has no value"));
        }
    }
}
