package io.graft.cli.verify;

import io.graft.djl.OutputComparison;
import io.graft.report.JsonDocument;
import tools.jackson.core.JsonGenerator;

/** A comparison of outputs, for programs: part of the document that {@link JsonDocument} opens. */
final class VerifyJson {
    private VerifyJson() {}

    static void write(JsonGenerator json, OutputComparison comparison) {
        json.writeBooleanProperty("agrees", comparison.agrees());
        json.writeNumberProperty("tolerance", comparison.tolerance());
        json.writeArrayPropertyStart("outputs");
        for (OutputComparison.Difference output : comparison.outputs()) {
            json.writeStartObject();
            json.writeStringProperty("name", output.name());
            json.writeBooleanProperty("agrees", output.agrees());
            json.writeStringProperty("shape", output.actual().toString());
            json.writeStringProperty("expected-shape", output.expected().toString());
            JsonDocument.writeNumber(json, "max-absolute", output.maxAbsolute());
            JsonDocument.writeNumber(json, "max-relative", output.maxRelative());
            json.writeNumberProperty("differing", output.differing());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("missing");
        comparison.missing().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("extra");
        comparison.extra().forEach(json::writeString);
        json.writeEndArray();
    }
}
