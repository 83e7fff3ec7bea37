package io.graft.config.reading;

import io.graft.config.writing.Encoders;
import io.graft.config.writing.ValueEncoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns a value of a configuration, of whatever form, into a typed one; {@link io.graft.config.decoding.Decoders} has those
 * that options use.
 */
@FunctionalInterface
public interface ValueDecoder<T> {
    /** The typed value, or every problem of the value and of what is inside it. */
    Bound<T> decode(ConfigCursor cursor);

    /** The keys of the object that is decoded, or of each object in a list; see {@link Binder#keys}. */
    default List<String> keys() {
        return List.of();
    }

    /** The empty value of a collection; empty for whatever is no collection. */
    default Optional<T> empty() {
        return Optional.empty();
    }

    /**
     * What writes such values: the decoder, if it is a {@link ValueEncoder} too; any other has to read their {@code toString}.
     */
    default ValueEncoder<T> encoder() {
        return Encoders.reversing(this);
    }

    /**
     * Lists of such values. Called like this, it costs a compiler a fraction of {@link io.graft.config.decoding.Decoders#list},
     * so generated code does.
     */
    default ValueDecoder<List<T>> inList() {
        return new ListDecoder<>(this);
    }

    /** Lists of such values in which none comes twice. */
    default ValueDecoder<Set<T>> inSet() {
        return new SetDecoder<>(new ListDecoder<>(this));
    }

    /** Objects whose keys are data, with such values. */
    default ValueDecoder<Map<String, T>> inMap() {
        return new MapDecoder<>(entry -> new Bound.Ok<>(entry.key()), this);
    }

    /** Objects whose keys are the constants of an enum, in kebab-case, with such values. */
    default <K extends Enum<K>> ValueDecoder<Map<K, T>> inMap(Class<K> keys) {
        return new MapDecoder<>(new EnumDecoder<>(keys)::decodeKey, this);
    }
}
