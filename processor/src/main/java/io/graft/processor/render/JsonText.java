package io.graft.processor.render;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** JSON for people: keys in the order of their map, two spaces a level, lists of scalars on one line. */
final class JsonText {
    private static final String INDENT = "  ";

    private JsonText() {}

    /** A document of maps, collections, texts, numbers, booleans and null. */
    static String of(Object document) {
        return value(document, "\n") + "\n";
    }

    private static String value(@Nullable Object value, String newLine) {
        if (value instanceof Map<?, ?> object) {
            return block(
                    "{",
                    object.entrySet().stream()
                            .map(entry ->
                                    quote(entry.getKey().toString()) + ": " + value(entry.getValue(), newLine + INDENT))
                            .toList(),
                    "}",
                    newLine);
        } else if (value instanceof Collection<?> list) {
            boolean scalars = list.stream()
                    .noneMatch(element -> element instanceof Map<?, ?> || element instanceof Collection<?>);
            return scalars
                    ? list.stream().map(element -> value(element, newLine)).collect(Collectors.joining(", ", "[", "]"))
                    : block(
                            "[",
                            list.stream()
                                    .map(element -> value(element, newLine + INDENT))
                                    .toList(),
                            "]",
                            newLine);
        }
        return value instanceof String text ? quote(text) : String.valueOf(value);
    }

    private static String block(String open, List<String> parts, String close, String newLine) {
        return parts.isEmpty()
                ? open + close
                : parts.stream()
                        .collect(Collectors.joining("," + newLine + INDENT, open + newLine + INDENT, newLine + close));
    }

    private static String quote(String text) {
        return text.codePoints().mapToObj(JsonText::escape).collect(Collectors.joining("", "\"", "\""));
    }

    private static String escape(int character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\t' -> "\\t";
            default ->
                character < ' '
                        ? "\\u" + Integer.toHexString(0x10000 | character).substring(1)
                        : Character.toString(character);
        };
    }
}
