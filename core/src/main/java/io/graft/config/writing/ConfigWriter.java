package io.graft.config.writing;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Collects the keys of one object of a configuration.
 *
 * <pre>{@code
 * String hocon = ConfigWriter.of(new FreezingOptions_Binder(), options).toHocon();
 * }</pre>
 *
 * <p>It writes what the record holds, secrets included.
 */
public final class ConfigWriter {
    private final Map<String, ConfigValue> values = new TreeMap<>();

    ConfigWriter() {}

    /** A writer that holds a whole record. */
    public static <T> ConfigWriter of(RecordWriter<T> record, T options) {
        ConfigWriter writer = new ConfigWriter();
        record.write(options, writer);
        return writer;
    }

    /** Adds a key; one whose value is null is written as {@code null}, which its binder tells of. */
    // A compiler that does not find JSpecify leaves its annotations out.
    @SuppressWarnings("exports")
    public <T> ConfigWriter put(String key, ValueEncoder<? super T> encoder, @Nullable T value) {
        values.put(key, value == null ? ConfigValueFactory.fromAnyRef(null) : encoder.encode(value));
        return this;
    }

    /** Adds a key that has a value; one that has none is left out. */
    public <T> ConfigWriter putIfPresent(String key, ValueEncoder<? super T> encoder, Optional<T> value) {
        value.ifPresent(present -> put(key, encoder, present));
        return this;
    }

    /** What was put. */
    public ConfigObject toObject() {
        return ConfigValueFactory.fromMap(values);
    }

    /** What was put, as the content of a file: one key a line, sorted, without braces around it. */
    public String toHocon() {
        return toObject()
                .render(ConfigRenderOptions.defaults()
                        .setOriginComments(false)
                        .setComments(false)
                        .setJson(false));
    }
}
