package io.graft.report;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** The JSON documents of all commands: their head, which is one for all, and how values are written. */
public final class JsonDocument {
    private static final int SCHEMA = 1;

    private JsonDocument() {}

    /**
     * The text of a document, ended by a line feed.
     *
     * @param pretty whether it is indented; otherwise it is one line
     * @param command what was asked for
     * @param status {@code ok} or {@code failed}
     * @param properties writes what follows the head
     */
    public static String of(boolean pretty, String command, String status, Consumer<JsonGenerator> properties) {
        return of(pretty, json -> {
            json.writeNumberProperty("schema", SCHEMA);
            json.writeStringProperty("tool", "graft");
            json.writeStringProperty("version", ToolVersion.get());
            json.writeStringProperty("command", command);
            json.writeStringProperty("status", status);
            properties.accept(json);
        });
    }

    /** The document, on one line, of a command that did what it was asked for. */
    public static String of(String command, Consumer<JsonGenerator> properties) {
        return of(false, command, "ok", properties);
    }

    /** An indented document of another kind, without the head of commands. */
    public static String pretty(Consumer<JsonGenerator> properties) {
        return of(true, properties);
    }

    private static String of(boolean pretty, Consumer<JsonGenerator> properties) {
        StringWriter text = new StringWriter();
        ObjectWriteContext context = pretty ? new PrettyContext() : ObjectWriteContext.empty();
        try (JsonGenerator json = new JsonFactory().createGenerator(context, text)) {
            json.writeStartObject();
            properties.accept(json);
            json.writeEndObject();
        }
        return text.append('\n').toString();
    }

    static <T> void writeArray(
            JsonGenerator json, String name, Iterable<T> items, BiConsumer<JsonGenerator, ? super T> writeItem) {
        json.writeArrayPropertyStart(name);
        items.forEach(item -> writeItem.accept(json, item));
        json.writeEndArray();
    }

    /** Writes a number; infinities and NaN, which JSON lacks, are written as text. */
    public static void writeNumber(JsonGenerator json, String name, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(name, value);
        } else {
            json.writeStringProperty(name, Double.toString(value));
        }
    }

    /** Writes what a configuration holds: maps, lists, numbers, booleans, text and null. */
    public static void writeValue(JsonGenerator json, Object value) {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((key, inner) -> {
                json.writeName(String.valueOf(key));
                writeValue(json, inner);
            });
            json.writeEndObject();
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            list.forEach(item -> writeValue(json, item));
            json.writeEndArray();
        } else if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean bool) {
            json.writeBoolean(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            json.writeNumber(((Number) value).longValue());
        } else if (value instanceof Number number) {
            json.writeNumber(number.doubleValue());
        } else {
            json.writeString(String.valueOf(value));
        }
    }

    /** Indents objects with line feeds of one kind, and keeps short arrays such as shapes on their line. */
    private static final class PrettyContext extends ObjectWriteContext.Base {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            Separators separators = Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withArrayEmptySeparator("");
            return new DefaultPrettyPrinter(separators).withObjectIndenter(new DefaultIndenter("  ", "\n"));
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    }
}
