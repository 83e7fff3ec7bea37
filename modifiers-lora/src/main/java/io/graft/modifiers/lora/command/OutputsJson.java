package io.graft.modifiers.lora.command;

import io.graft.checkpoint.write.WrittenFile;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The files that a command wrote, for programs. */
final class OutputsJson {
    private OutputsJson() {}

    static void write(JsonGenerator json, List<WrittenFile> outputs) {
        json.writeArrayPropertyStart("outputs");
        for (WrittenFile file : outputs) {
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
