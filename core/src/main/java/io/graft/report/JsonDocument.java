package io.graft.report;

import java.io.StringWriter;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** The text of one JSON object, ended by a line feed. */
final class JsonDocument {
    private JsonDocument() {}

    /**
     * @param pretty whether it is indented; otherwise it is one line
     * @param properties writes the object's properties
     */
    static String of(boolean pretty, Consumer<JsonGenerator> properties) {
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
