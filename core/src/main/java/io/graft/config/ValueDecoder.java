package io.graft.config;

import java.util.List;
import java.util.Optional;

/** Turns a value of a configuration, of whatever form, into a typed one; {@link Decoders} has those that options use. */
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
}
