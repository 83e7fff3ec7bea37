package io.graft.processor.discover;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import io.graft.processor.model.Accepted;
import io.graft.processor.model.CoreNames;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.TypeElement;

/** Reads what a decoder says of the values that it accepts. */
final class AcceptsReader {
    private static final String ACCEPTS = CoreNames.of("io.graft.config.Accepts");
    private static final ConfigParseOptions JSON = ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON);

    private AcceptsReader() {}

    /**
     * What it says; empty if it says nothing.
     *
     * @throws IllegalArgumentException if it cannot be understood
     */
    static Optional<Accepted> read(TypeElement decoder) {
        return AnnotationView.find(decoder, ACCEPTS).map(annotation -> {
            String name = annotation.string("value").strip();
            if (name.isEmpty()) {
                throw new IllegalArgumentException("the name of a value is missing");
            }
            return new Accepted(name, schema(annotation.string("schema")));
        });
    }

    private static Map<String, Object> schema(String json) {
        if (json.isBlank()) {
            return Map.of();
        }
        try {
            return object(ConfigFactory.parseString(json, JSON).root());
        } catch (ConfigException malformed) {
            throw new IllegalArgumentException("the schema is no JSON object", malformed);
        }
    }

    /** The parser forgets the order of the keys, and knows their lines. */
    private static Map<String, Object> object(ConfigObject object) {
        Map<String, Object> ordered = new LinkedHashMap<>();
        object.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, ConfigValue>>comparingInt(
                                entry -> entry.getValue().origin().lineNumber())
                        .thenComparing(Map.Entry::getKey))
                .forEach(entry -> ordered.put(entry.getKey(), value(entry.getValue())));
        return Collections.unmodifiableMap(ordered);
    }

    private static Object value(ConfigValue value) {
        if (value instanceof ConfigObject object) {
            return object(object);
        } else if (value instanceof ConfigList list) {
            return list.stream().map(AcceptsReader::value).toList();
        }
        return value.unwrapped();
    }
}
