package io.graft.processor.render;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import io.graft.config.reading.ConfigCursor;
import io.graft.processor.model.ScalarKind;
import io.graft.processor.model.TypeShape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The literal of a default, as other texts than Java hold it. */
final class DefaultValue {
    private DefaultValue() {}

    /** As a file writes it; a literal that is no HOCON stands for a text. */
    static String hocon(String literal) {
        try {
            ConfigFactory.parseString("value = " + literal).resolve();
            return literal;
        } catch (ConfigException notHocon) {
            return ConfigUtil.quoteString(literal);
        }
    }

    /** As JSON: what is written as one text stays a text, even if it looks like a number. */
    static @Nullable Object json(TypeShape shape, String literal) {
        ConfigCursor value = ConfigCursor.literal(literal);
        return isText(shape) ? value.text().orElse(literal) : sorted(value.unwrapped());
    }

    private static boolean isText(TypeShape shape) {
        return shape instanceof TypeShape.EnumOf
                || shape instanceof TypeShape.Decoded
                || (shape instanceof TypeShape.Scalar scalar
                        && !scalar.kind().isNumber()
                        && scalar.kind() != ScalarKind.BOOLEAN);
    }

    /** Objects come in no order. */
    private static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof Map<?, ?> object) {
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            object.forEach((key, element) -> sorted.put(key.toString(), sorted(element)));
            return sorted;
        }
        return value instanceof List<?> list
                ? list.stream().map(DefaultValue::sorted).toList()
                : value;
    }
}
