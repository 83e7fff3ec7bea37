package io.graft.config;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A key of an object that is being bound: first its constraints, then one call that says what happens without it. */
public final class KeyBinding<T> {
    private final ObjectBinding object;
    private final String key;
    private final ConfigCursor cursor;
    private final ValueDecoder<T> decoder;
    private final boolean refused;
    private @Nullable Constraint<? super T> constraint;

    private KeyBinding(
            ObjectBinding object, String key, ConfigCursor cursor, ValueDecoder<T> decoder, boolean refused) {
        this.object = object;
        this.key = key;
        this.cursor = cursor;
        this.decoder = decoder;
        this.refused = refused;
    }

    KeyBinding(ObjectBinding object, String key, ConfigCursor cursor, ValueDecoder<T> decoder) {
        this(object, key, cursor, decoder, false);
    }

    /** A key of which the object has already told why its value is not read. */
    static <T> KeyBinding<T> refused(ObjectBinding object, String key, ConfigCursor cursor, ValueDecoder<T> decoder) {
        return new KeyBinding<>(object, key, cursor, decoder, true);
    }

    /** Adds a constraint; all are checked. A default is checked when it is compiled, and an absent value is not. */
    public KeyBinding<T> check(Constraint<? super T> further) {
        Constraint<? super T> former = constraint;
        constraint = former == null ? further : Constraints.both(former, further);
        return this;
    }

    /** The file must give the key. */
    public Key<T> required() {
        if (refused) {
            return none();
        }
        if (!cursor.isPresent()) {
            object.missing(key);
            return none();
        }
        return given("");
    }

    /** Without the key, the value is this HOCON text decoded as if it stood in the file. */
    public Key<T> orDefault(String hocon) {
        if (refused) {
            return none();
        }
        if (cursor.isPresent()) {
            return given("leave the key out to get the default " + Quoting.quote(hocon));
        }
        return key(decoder.decode(cursor.with(Literals.parse(hocon))));
    }

    /** Without the key, or with {@code null}, there is no value. */
    public Key<Optional<T>> optional() {
        if (refused) {
            return none();
        }
        if (!cursor.isPresent() || cursor.isNull()) {
            return new Value<>(key, Optional.of(Optional.empty()));
        }
        Key<T> value = given("");
        return () -> Optional.of(value.get());
    }

    /**
     * Without the key, the collection is empty.
     *
     * @throws IllegalStateException if the decoder decodes no collection, which a generated binder never asks for
     */
    public Key<T> orEmpty() {
        if (refused) {
            return none();
        }
        if (cursor.isPresent()) {
            return given("leave the key out to have none");
        }
        T empty = decoder.empty().orElseThrow(() -> new IllegalStateException("`" + key + "` is no collection"));
        return new Value<>(key, Optional.of(empty));
    }

    private Key<T> given(String helpForNull) {
        if (cursor.isNull()) {
            report(cursor.error(ProblemCode.NULL_NOT_ALLOWED, "must not be null", helpForNull));
            return none();
        }
        Bound<T> bound = decoder.decode(cursor);
        if (bound instanceof Bound.Ok<T> ok && constraint != null) {
            List<Problem> broken = constraint.check(ok.value(), cursor);
            broken.forEach(this::report);
            return broken.isEmpty() ? key(bound) : none();
        }
        return key(bound);
    }

    private Key<T> key(Bound<T> bound) {
        bound.problems().forEach(this::report);
        return bound instanceof Bound.Ok<T> ok ? new Value<>(key, Optional.of(ok.value())) : none();
    }

    private void report(Problem problem) {
        boolean ofThisValue = problem.path().equals(cursor.path());
        Optional<String> note = ofThisValue ? cursor.note() : Optional.empty();
        object.report(note.map(problem::withNote).orElse(problem));
    }

    private <V> Key<V> none() {
        return new Value<>(key, Optional.empty());
    }

    private record Value<V>(String key, Optional<V> value) implements Key<V> {
        @Override
        public V get() {
            return value.orElseThrow(() -> new IllegalStateException("`" + key + "` has no value"));
        }
    }
}
