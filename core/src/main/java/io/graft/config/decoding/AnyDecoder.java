package io.graft.config.decoding;

import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.graft.config.Accepts;
import io.graft.config.hocon.Literals;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.ValueDecoder;
import io.graft.config.writing.ValueEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Leaves a value as the file has it, for whoever knows what it means: a text, a number, a boolean, a list or an object. What comes from
 * outside of files, where all values are texts, is the number or the boolean that the same text is in a file.
 */
@Accepts(value = "any value", schema = "{ \"not\": { \"type\": \"null\" } }")
public final class AnyDecoder implements ValueDecoder<Object>, ValueEncoder<Object> {
    private static final Pattern NO_TEXT =
            Pattern.compile("true|false|-?(0|[1-9]\\d{0,99})(\\.\\d{1,99})?([eE][+-]?\\d{1,3})?");

    /** As generated code makes it. */
    public AnyDecoder() {}

    @Override
    public Bound<Object> decode(ConfigCursor cursor) {
        return new Bound.Ok<>(value(cursor));
    }

    private static @Nullable Object value(ConfigCursor cursor) {
        if (cursor.isObject()) {
            Map<String, @Nullable Object> values = new LinkedHashMap<>();
            cursor.keys().forEach(key -> values.put(key, value(cursor.at(ConfigUtil.quoteString(key)))));
            return values;
        }
        if (cursor.isList()) {
            return cursor.elements().stream().map(AnyDecoder::value).toList();
        }
        Object plain = cursor.unwrapped();
        return plain instanceof String text && cursor.isOutside() ? meant(text) : plain;
    }

    private static Object meant(String text) {
        return NO_TEXT.matcher(text).matches()
                ? Literals.parse(text, "a text from outside").unwrapped()
                : text;
    }

    @Override
    public ConfigValue encode(Object value) {
        return ConfigValueFactory.fromAnyRef(value);
    }
}
