package io.graft.config.decoding;

import io.graft.config.reading.Binder;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
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
