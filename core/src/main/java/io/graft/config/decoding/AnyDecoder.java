package io.graft.config.decoding;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.Accepts;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ValueEncoder;

/** Leaves a value as the file has it, for whoever knows what it means: a text, a number, a boolean, a list or an object. */
@Accepts(value = "any value", schema = "{ \"not\": { \"type\": \"null\" } }")
public final class AnyDecoder implements ValueDecoder<Object>, ValueEncoder<Object> {
    /** As generated code makes it. */
    public AnyDecoder() {}

    @Override
    public Bound<Object> decode(ConfigCursor cursor) {
        return new Bound.Ok<>(cursor.unwrapped());
    }

    @Override
    public ConfigValue encode(Object value) {
        return ConfigValueFactory.fromAnyRef(value);
    }
}
