package io.graft.config.writing;

import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Turns a typed value into what a file holds; {@link Encoders} has those that options use. */
@FunctionalInterface
public interface ValueEncoder<T> {
    /** The value in the form that the {@link io.graft.config.reading.ValueDecoder} of its type reads back to an equal one. */
    ConfigValue encode(T value);

    /**
     * Lists and sets of such values, in their order; the reverse of {@link io.graft.config.reading.ValueDecoder#inList} and
     * {@link io.graft.config.reading.ValueDecoder#inSet}.
     */
    default ValueEncoder<Collection<? extends T>> forElements() {
        return values -> ConfigValueFactory.fromIterable(
                values.stream().map(this::encode).toList());
    }

    /**
     * Maps of such values with texts or the constants of an enum as keys; the reverse of {@link
     * io.graft.config.reading.ValueDecoder#inMap()}.
     */
    default ValueEncoder<Map<?, ? extends T>> forEntries() {
        return entries -> {
            Map<String, ConfigValue> object = new TreeMap<>();
            entries.forEach((key, entry) -> object.put(Encoders.key(key), encode(entry)));
            return ConfigValueFactory.fromMap(object);
        };
    }
}
