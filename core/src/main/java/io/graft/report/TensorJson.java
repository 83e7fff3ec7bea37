package io.graft.report;

import io.graft.ModelRef;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.Owner;
import io.graft.model.training.TensorKind;
import io.graft.model.training.Trainability;
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
        new SourceJson(model.uri(), tensor.origin()).write(json, value.provenance());
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
        new SourceJson(model.uri(), origin).writeOrigin(json, provenance);
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
}
