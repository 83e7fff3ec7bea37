package io.graft.config.reading;

import java.util.List;

/** Turns a configuration object into a typed value, collecting every problem. Generated beside each options record. */
public interface Binder<T> {
    Bound<T> bind(ConfigCursor cursor);

    /** The keys of the object, in kebab-case, as far as they are known without one; they serve to find misplaced keys. */
    default List<String> keys() {
        return List.of();
    }
}
