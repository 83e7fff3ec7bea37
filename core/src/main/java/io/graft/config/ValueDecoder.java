package io.graft.config;

import java.util.Optional;

/** Turns a value of a configuration, of whatever form, into a typed one; {@link Decoders} has those that options use. */
@FunctionalInterface
public interface ValueDecoder<T> {
    /** The typed value, or every problem of the value and of what is inside it. */
    Bound<T> decode(ConfigCursor cursor);

    /** The empty value of a collection; empty for whatever is no collection. */
    default Optional<T> empty() {
        return Optional.empty();
    }
}
