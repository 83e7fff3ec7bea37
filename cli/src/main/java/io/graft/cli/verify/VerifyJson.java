package io.graft.cli.verify;

import io.graft.djl.forward.OutputComparison;
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
            output.worst().ifPresent(worst -> write(json, worst));
            output.percentiles().ifPresent(percentiles -> write(json, percentiles));
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

    private static void write(JsonGenerator json, OutputComparison.Worst worst) {
        json.writeObjectPropertyStart("worst");
        json.writeArrayPropertyStart("place");
        worst.place().forEach(json::writeNumber);
        json.writeEndArray();
        JsonDocument.writeNumber(json, "actual", worst.actual());
        JsonDocument.writeNumber(json, "expected", worst.expected());
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, OutputComparison.Percentiles percentiles) {
        json.writeObjectPropertyStart("percentiles");
        JsonDocument.writeNumber(json, "50", percentiles.p50());
        JsonDocument.writeNumber(json, "90", percentiles.p90());
        JsonDocument.writeNumber(json, "99", percentiles.p99());
        JsonDocument.writeNumber(json, "99.9", percentiles.p999());
        json.writeEndObject();
    }
}
