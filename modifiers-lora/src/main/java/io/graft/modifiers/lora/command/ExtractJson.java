package io.graft.modifiers.lora.command;

import io.graft.modifiers.lora.extract.ExtractedAdapter;
import io.graft.modifiers.lora.extract.ExtractedUpdate;
import io.graft.modifiers.lora.extract.LeftTensor;
import tools.jackson.core.JsonGenerator;

/** What was extracted, for programs: part of the document that {@link io.graft.report.JsonDocument} opens. */
final class ExtractJson {
    private ExtractJson() {}

    static void write(JsonGenerator json, ExtractedAdapter extracted) {
        json.writeArrayPropertyStart("updates");
        for (ExtractedUpdate update : extracted.updates()) {
            json.writeStartObject();
            json.writeStringProperty("module", update.module());
            json.writeNumberProperty("rank", update.rank());
            json.writeNumberProperty("lost", update.lost());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberProperty("lost", extracted.lost());
        json.writeArrayPropertyStart("whole");
        extracted.whole().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("left");
        for (LeftTensor tensor : extracted.left()) {
            json.writeStartObject();
            json.writeStringProperty("name", tensor.name());
            json.writeStringProperty("reason", tensor.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        OutputsJson.write(json, extracted.outputs());
    }
}
