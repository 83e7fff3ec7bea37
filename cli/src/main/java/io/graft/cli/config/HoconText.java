package io.graft.cli.config;

import com.typesafe.config.ConfigUtil;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Values as the text of a HOCON file, in the order in which they are given. */
final class HoconText {
    private final StringBuilder text = new StringBuilder();

    private HoconText() {}

    /** An object at the root. */
    static String of(Map<String, ?> root) {
        HoconText hocon = new HoconText();
        hocon.fields(root, "");
        return hocon.text.toString();
    }

    private void fields(Map<?, ?> object, String indent) {
        object.forEach((key, value) -> {
            text.append(indent).append(key((String) key));
            if (value instanceof Map<?, ?> inner && !inner.isEmpty()) {
                text.append(' ');
            } else {
                text.append(" = ");
            }
            value(value, indent);
            text.append('\n');
        });
    }

    private void value(Object value, String indent) {
        if (value instanceof Map<?, ?> object && !object.isEmpty()) {
            text.append("{\n");
            fields(object, indent + "  ");
            text.append(indent).append('}');
        } else if (value instanceof List<?> list && list.stream().anyMatch(HoconText::isHolder)) {
            text.append("[\n");
            for (Object element : list) {
                text.append(indent).append("  ");
                value(element, indent + "  ");
                text.append('\n');
            }
            text.append(indent).append(']');
        } else if (value instanceof List<?> list) {
            text.append(list.stream().map(HoconText::scalar).collect(Collectors.joining(", ", "[", "]")));
        } else {
            text.append(value instanceof Map<?, ?> ? "{}" : scalar(value));
        }
    }

    private static boolean isHolder(Object value) {
        return value instanceof Map<?, ?> || value instanceof List<?>;
    }

    private static String scalar(Object value) {
        return value instanceof String string ? ConfigUtil.quoteString(string) : String.valueOf(value);
    }

    /** A word; HOCON has one of its own. */
    static String key(String key) {
        return key.matches("[A-Za-z0-9_-]+") && !key.equals("include") ? key : ConfigUtil.quoteString(key);
    }
}
