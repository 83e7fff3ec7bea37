package io.graft.cli.output;

import java.io.PrintWriter;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** The JSON document of a command whose result is not a plan; it opens as theirs does. */
public final class JsonOutput {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private JsonOutput() {}

    /** Prints a document of status {@code ok}; {@code body} writes its further properties. */
    public static void print(PrintWriter out, String command, Consumer<JsonGenerator> body) {
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeNumberProperty("schema", 1);
            json.writeStringProperty("tool", "graft");
            json.writeStringProperty("version", Version.text());
            json.writeStringProperty("command", command);
            json.writeStringProperty("status", "ok");
            body.accept(json);
            json.writeEndObject();
        }
        out.println();
    }

    /** Writes a number; infinities and NaN, which JSON lacks, are written as text. */
    public static void number(JsonGenerator json, String name, double value) {
        if (Double.isFinite(value)) {
            json.writeNumberProperty(name, value);
        } else {
            json.writeStringProperty(name, Double.toString(value));
        }
    }
}
