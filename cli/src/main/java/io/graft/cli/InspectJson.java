package io.graft.cli;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import java.util.Collection;
import tools.jackson.core.JsonGenerator;

/** What a checkpoint holds, for programs: part of the document that {@link JsonOutput} opens. */
final class InspectJson {
    private InspectJson() {}

    static void write(JsonGenerator json, Checkpoint checkpoint, Collection<TensorEntry> shown) {
        json.writeObjectPropertyStart("checkpoint");
        json.writeStringProperty("uri", checkpoint.path().toString());
        json.writeStringProperty("format", checkpoint.format());
        json.writeStringProperty("layout", checkpoint.layout());
        json.writeObjectPropertyStart("metadata");
        checkpoint.metadata().forEach(json::writeStringProperty);
        json.writeEndObject();
        json.writeArrayPropertyStart("warnings");
        checkpoint.warnings().forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
        json.writeArrayPropertyStart("tensors");
        long elements = 0;
        long bytes = 0;
        for (TensorEntry entry : shown) {
            elements += entry.shape().elementCount();
            bytes += entry.data().byteCount();
            json.writeStartObject();
            json.writeStringProperty("name", entry.name());
            json.writeStringProperty("dtype", entry.dtype().name());
            json.writeArrayPropertyStart("shape");
            entry.shape().dimensions().forEach(json::writeNumber);
            json.writeEndArray();
            json.writeStringProperty("file", entry.range().file().toString());
            json.writeNumberProperty("offset", entry.range().offset());
            json.writeNumberProperty("bytes", entry.data().byteCount());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectPropertyStart("totals");
        json.writeNumberProperty("tensors", shown.size());
        json.writeNumberProperty("elements", elements);
        json.writeNumberProperty("bytes", bytes);
        json.writeEndObject();
    }
}
