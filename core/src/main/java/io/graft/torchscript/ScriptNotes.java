package io.graft.torchscript;

import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What an archive tells of the parametrizations that are part of its program, for whoever looks at it later. */
final class ScriptNotes {
    private static final int VERSION = 1;

    private ScriptNotes() {}

    /** The notes on the tensors of a plan, as JSON. */
    static byte[] of(List<DraftTensor> tensors) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeNumberProperty("version", VERSION);
            json.writeArrayPropertyStart("parametrizations");
            for (DraftTensor tensor : tensors) {
                tensor.parametrizations().forEach(applied -> write(json, tensor, applied));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, DraftTensor tensor, Applied applied) {
        json.writeStartObject();
        json.writeStringProperty("tensor", tensor.name());
        json.writeStringProperty("id", applied.parametrization().id());
        json.writeStringProperty("adapter", applied.adapter());
        json.writeNumberProperty("weight", applied.weight());
        json.writeObjectPropertyStart("slots");
        applied.owned().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(slot ->
                        json.writeStringProperty(slot.getKey(), slot.getValue().name()));
        json.writeEndObject();
        json.writeEndObject();
    }
}
