package io.graft.report;

import io.graft.model.DraftTensor;
import io.graft.model.TensorKind;
import io.graft.tensor.Provenance;
import java.util.ArrayDeque;
import java.util.Deque;
import tools.jackson.core.JsonGenerator;

/** A tensor of the state dict, as an entry of {@code tensors} in a {@link ReportJson}. */
final class TensorJson {
    private TensorJson() {}

    static void write(JsonGenerator json, DraftTensor tensor) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        json.writeStringProperty("kind", idOf(tensor.kind()));
        json.writeStringProperty("dtype", tensor.dtype().name());
        JsonDocument.writeArray(json, "shape", tensor.shape().dimensions(), JsonGenerator::writeNumber);
        json.writeBooleanProperty("trainable", tensor.trainable());
        if (tensor.base().provenance() instanceof Provenance.Initial) {
            json.writeStringProperty("source", "initial");
        } else {
            json.writeObjectPropertyStart("source");
            writeOrigin(json, tensor.base().provenance());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** Where values come from: {@code key, uri} and {@code operations}, as far as they apply, in the object that is being written. */
    static void writeOrigin(JsonGenerator json, Provenance provenance) {
        Deque<String> operations = new ArrayDeque<>();
        Provenance root = provenance;
        while (root instanceof Provenance.Computed computed) {
            operations.addFirst(computed.operation());
            root = computed.from();
        }
        if (root instanceof Provenance.Stored stored) {
            json.writeStringProperty("key", stored.key());
            json.writeStringProperty("uri", stored.uri());
        }
        if (!operations.isEmpty()) {
            JsonDocument.writeArray(json, "operations", operations, JsonGenerator::writeString);
        }
    }

    static String idOf(TensorKind kind) {
        return kind == TensorKind.PARAMETER ? "parameter" : "buffer";
    }
}
