package io.graft.report;

import io.graft.ModelRef;
import io.graft.model.DraftTensor;
import io.graft.model.Owner;
import io.graft.model.TensorKind;
import io.graft.model.Ties;
import io.graft.model.Trainability;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * A tensor of the state dict, as an entry of {@code tensors} in a {@link ReportJson}.
 *
 * @param model what initial values are of
 * @param ties of the state dict
 */
record TensorJson(ModelRef model, Ties ties) {
    void write(JsonGenerator json, DraftTensor tensor) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        json.writeStringProperty("kind", idOf(tensor.kind()));
        json.writeStringProperty("dtype", tensor.dtype().name());
        JsonDocument.writeArray(json, "shape", tensor.shape().dimensions(), JsonGenerator::writeNumber);
        json.writeBooleanProperty("trainable", tensor.trainable());
        tensor.trainability().schedule().ifPresent(when -> writeSchedule(json, when));
        List<String> others = ties.others(tensor);
        if (!others.isEmpty()) {
            JsonDocument.writeArray(json, "ties", others, JsonGenerator::writeString);
        }
        json.writeName("source");
        boolean isAsItCame = tensor.cameStored() && tensor.parametrizations().size() == 1;
        LazyTensor value =
                isAsItCame ? tensor.base() : tensor.parametrizations().isEmpty() ? tensor.written() : tensor.value();
        writeSource(json, value.provenance(), tensor.origin());
        tensor.storage()
                .ifPresent(storage -> json.writeStringProperty(
                        "storage", storage.parametrization().id()));
        tensor.owner().ifPresent(owner -> writeOwner(json, owner));
        json.writeEndObject();
    }

    private static void writeOwner(JsonGenerator json, Owner owner) {
        json.writeName("owner");
        json.writeStartObject();
        json.writeStringProperty("tensor", owner.tensor());
        if (!owner.isStorage()) {
            json.writeStringProperty("adapter", owner.adapter());
        }
        json.writeStringProperty("slot", owner.slot());
        json.writeEndObject();
    }

    /**
     * Where values come from, as the properties of an object that is being written.
     *
     * @param origin the name that the model has for the tensor that gets them
     */
    void writeOrigin(JsonGenerator json, Provenance provenance, String origin) {
        provenance.on(new Origin(json, origin));
    }

    private void writeSource(JsonGenerator json, Provenance provenance, String origin) {
        if (provenance instanceof Provenance.Initial initial && initial.name().equals(origin)) {
            json.writeString("initial");
        } else {
            json.writeStartObject();
            writeOrigin(json, provenance, origin);
            json.writeEndObject();
        }
    }

    /** When a tensor is trained, as a property of the object that is being written. */
    static void writeSchedule(JsonGenerator json, Trainability.During when) {
        json.writeObjectPropertyStart("schedule");
        when.from().ifPresent(moment -> writeMoment(json, "from", moment));
        when.until().ifPresent(moment -> writeMoment(json, "until", moment));
        json.writeEndObject();
    }

    private static void writeMoment(JsonGenerator json, String name, Trainability.Moment moment) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty(moment.unit().id(), moment.count());
        json.writeEndObject();
    }

    static String idOf(TensorKind kind) {
        return kind == TensorKind.PARAMETER ? "parameter" : "buffer";
    }

    private final class Origin implements Provenance.Cases<Void> {
        private final JsonGenerator json;
        private final String origin;

        Origin(JsonGenerator json, String origin) {
            this.json = json;
            this.origin = origin;
        }

        /** Of another tensor of the model: those of the tensor itself are a word. */
        @Override
        public Void initial(Provenance.Initial initial) {
            return place(initial.name(), model.uri());
        }

        @Override
        public Void stored(Provenance.Stored stored) {
            return place(stored.key(), stored.uri());
        }

        @Override
        public Void computed(Provenance.Computed computed) {
            json.writeStringProperty("operation", computed.operation());
            JsonDocument.writeArray(json, "from", computed.from(), (out, from) -> writeSource(out, from, origin));
            return null;
        }

        private Void place(String key, String uri) {
            json.writeStringProperty("key", key);
            json.writeStringProperty("uri", uri);
            return null;
        }
    }
}
