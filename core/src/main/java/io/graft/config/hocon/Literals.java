package io.graft.config.hocon;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigResolveOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Single values as HOCON text. */
public final class Literals {
    private static final String KEY = "value";

    // the defaults of generated binders: few, constant, and needed for every entry of a configuration
    private static final Map<String, ConfigValue> PARSED = new ConcurrentHashMap<>();

    private Literals() {}

    /** A literal of source code: HOCON or, where it is not, plain text. */
    public static ConfigValue parse(String hocon) {
        return PARSED.computeIfAbsent(hocon, literal -> {
            try {
                return parse(literal, ValueOrigin.DEFAULT);
            } catch (ConfigException e) {
                return ConfigValueFactory.fromAnyRef(literal, ValueOrigin.DEFAULT);
            }
        });
    }

    /**
     * A value, whose origin is described.
     *
     * @throws ConfigException if it is not HOCON
     */
    public static ConfigValue parse(String hocon, String description) {
        return ConfigFactory.parseString(
                        KEY + " = " + hocon, ConfigParseOptions.defaults().setOriginDescription(description))
                .resolve(ConfigResolveOptions.noSystem())
                .root()
                .get(KEY);
    }

    /** The text of a scalar; a number is as the file writes it, which {@link ConfigValue#unwrapped} loses. */
    public static Optional<String> text(ConfigValue value) {
        ConfigValueType type = value.valueType();
        return switch (type) {
            case STRING, BOOLEAN -> Optional.of(value.unwrapped().toString());
            case NUMBER -> Optional.of(value.atKey(KEY).getString(KEY));
            case OBJECT, LIST, NULL -> Optional.empty();
        };
    }
}
