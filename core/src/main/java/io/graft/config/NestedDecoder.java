package io.graft.config;

import java.util.List;

/** Decodes an object with a record of its own. */
record NestedDecoder<T>(Binder<T> binder) implements ValueDecoder<T> {
    @Override
    public Bound<T> decode(ConfigCursor cursor) {
        return binder.bind(cursor);
    }

    @Override
    public List<String> keys() {
        return binder.keys();
    }
}
