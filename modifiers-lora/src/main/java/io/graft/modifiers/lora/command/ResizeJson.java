package io.graft.modifiers.lora.command;

import io.graft.modifiers.lora.resize.ResizedAdapter;
import io.graft.modifiers.lora.resize.ResizedUpdate;
import io.graft.report.ProblemJson;
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
        ProblemJson.write(json, resized.problems());
        OutputsJson.write(json, resized.outputs());
    }
}
