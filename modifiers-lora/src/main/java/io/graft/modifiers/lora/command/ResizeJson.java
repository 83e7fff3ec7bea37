package io.graft.modifiers.lora.command;

import io.graft.checkpoint.write.WrittenFile;
import io.graft.modifiers.lora.ResizedAdapter;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import tools.jackson.core.JsonGenerator;

/** What was resized, for programs: part of the document that {@link io.graft.report.JsonDocument} opens. */
final class ResizeJson {
    private ResizeJson() {}

    static void write(JsonGenerator json, ResizedAdapter resized) {
        json.writeArrayPropertyStart("updates");
        for (ResizedUpdate update : resized.updates()) {
            json.writeStartObject();
            json.writeStringProperty("module", update.module());
            json.writeNumberProperty("from", update.from());
            json.writeNumberProperty("to", update.to());
            json.writeNumberProperty("lost", update.lost());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("outputs");
        for (WrittenFile file : resized.outputs()) {
            json.writeStartObject();
            json.writeStringProperty("path", file.path().toString().replace('\\', '/'));
            json.writeStringProperty("kind", file.kind().id());
            json.writeNumberProperty("bytes", file.bytes());
            json.writeStringProperty("sha256", file.sha256());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
