package io.graft.cli.featurize;

import io.graft.apply.features.FeatureReport;
import io.graft.report.JsonDocument;
import tools.jackson.core.JsonGenerator;

/** Features that were written, for programs: part of the document that {@link JsonDocument} opens. */
final class FeaturizeJson {
    private FeaturizeJson() {}

    static void write(JsonGenerator json, FeatureReport report) {
        json.writeStringProperty("module", report.module());
        json.writeNumberProperty("rows", report.rows());
        json.writeArrayPropertyStart("tensors");
        for (FeatureReport.Tensor tensor : report.tensors()) {
            json.writeStartObject();
            json.writeStringProperty("name", tensor.name());
            json.writeStringProperty("dtype", tensor.dtype().name());
            json.writeArrayPropertyStart("shape");
            tensor.shape().dimensions().forEach(json::writeNumber);
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("outputs");
        json.writeStartObject();
        json.writeStringProperty("path", report.file().path().toString());
        json.writeStringProperty("kind", report.file().kind().id());
        json.writeNumberProperty("bytes", report.file().bytes());
        json.writeStringProperty("sha256", report.file().sha256());
        json.writeEndObject();
        json.writeEndArray();
        if (report.replaced()) {
            json.writeArrayPropertyStart("replaced");
            json.writeString(report.file().path().toString());
            json.writeEndArray();
        }
    }
}
