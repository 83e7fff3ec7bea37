package io.graft.convert;

import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.model.rules.RuledTensor;
import io.graft.report.JsonDocument;
import io.graft.report.ManifestFile;
import io.graft.report.SourceJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** What lies beside the files of a conversion and tells that Graft wrote them, so that a later run may replace them. */
final class ConversionManifest {
    private ConversionManifest() {}

    /** Writes it into the folder of the files. */
    static WrittenFile write(Path folder, List<WrittenFile> files, List<RuledTensor> tensors) throws IOException {
        String text = JsonDocument.of("convert", json -> {
            writeMoved(json, tensors);
            writeFiles(json, folder, files);
        });
        return ManifestFile.write(folder, text, WriteOptions.DEFAULT);
    }

    /** Where the values of tensors come from that are not one of the input, as it was. */
    private static void writeMoved(JsonGenerator json, List<RuledTensor> tensors) {
        List<RuledTensor> moved = tensors.stream().filter(RuledTensor::isMoved).toList();
        if (moved.isEmpty()) {
            return;
        }
        json.writeArrayPropertyStart("tensors");
        for (RuledTensor tensor : moved) {
            json.writeStartObject();
            json.writeStringProperty("name", tensor.name());
            json.writeName("source");
            SourceJson.STORED.write(json, tensor.value().provenance());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeFiles(JsonGenerator json, Path folder, List<WrittenFile> files) {
        json.writeArrayPropertyStart("outputs");
        for (WrittenFile file : files) {
            json.writeStartObject();
            json.writeStringProperty(
                    "path", folder.relativize(file.path()).toString().replace('\\', '/'));
            json.writeStringProperty("kind", file.kind().id());
            json.writeNumberProperty("bytes", file.bytes());
            json.writeStringProperty("sha256", file.sha256());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
