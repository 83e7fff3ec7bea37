package io.graft.cli.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.convert.ConversionReport;
import io.graft.convert.ConvertedTensor;
import io.graft.report.CorrectionJson;
import io.graft.report.JsonDocument;
import io.graft.report.SourceJson;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** What a conversion did, for programs: part of the document that {@link JsonDocument} opens. */
final class ConvertJson {
    private ConvertJson() {}

    static void write(JsonGenerator json, GivenCheckpoint given, ConversionReport report) {
        Checkpoint input = given.checkpoint();
        json.writeObjectPropertyStart("checkpoint");
        json.writeStringProperty("uri", given.uri());
        json.writeStringProperty("format", input.format());
        json.writeStringProperty("content", input.content());
        json.writeEndObject();
        json.writeStringProperty("format", report.format());
        json.writeArrayPropertyStart("tensors");
        report.tensors().forEach(tensor -> tensor(json, tensor));
        json.writeEndArray();
        if (!report.leftOut().isEmpty()) {
            json.writeArrayPropertyStart("left-out");
            report.leftOut().forEach(json::writeString);
            json.writeEndArray();
        }
        json.writeArrayPropertyStart("notes");
        report.notes().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("warnings");
        report.warnings().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("outputs");
        for (WrittenFile file : report.files()) {
            json.writeStartObject();
            json.writeStringProperty("path", file.path().toString());
            json.writeStringProperty("kind", file.kind().id());
            json.writeNumberProperty("bytes", file.bytes());
            json.writeStringProperty("sha256", file.sha256());
            json.writeEndObject();
        }
        json.writeEndArray();
        CorrectionJson.write(json, report.corrections());
        files(json, "replaced", report.replacement().replaced());
        files(json, "removed", report.replacement().removed());
    }

    private static void files(JsonGenerator json, String key, List<Path> files) {
        if (!files.isEmpty()) {
            json.writeArrayPropertyStart(key);
            files.forEach(file -> json.writeString(file.toString()));
            json.writeEndArray();
        }
    }

    private static void tensor(JsonGenerator json, ConvertedTensor tensor) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        if (tensor.isMoved()) {
            json.writeName("source");
            SourceJson.STORED.write(json, tensor.source());
        } else {
            json.writeStringProperty("key", tensor.key());
        }
        json.writeStringProperty("dtype", tensor.to());
        json.writeArrayPropertyStart("shape");
        tensor.shape().dimensions().forEach(json::writeNumber);
        json.writeEndArray();
        if (!tensor.from().equals(tensor.to())) {
            json.writeStringProperty("from", tensor.from());
        }
        tensor.maxRelativeError().ifPresent(error -> JsonDocument.writeNumber(json, "max-relative-error", error));
        json.writeEndObject();
    }
}
