package io.graft.cli.diff;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.diff.CheckpointDiff;
import io.graft.checkpoint.diff.TensorDiff;
import io.graft.checkpoint.diff.Tolerance;
import io.graft.checkpoint.diff.ValueDiff;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.report.JsonDocument;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** What differs between two checkpoints, for programs: part of the document that {@link JsonDocument} opens. */
final class DiffJson {
    private DiffJson() {}

    static void write(
            JsonGenerator json,
            GivenCheckpoint a,
            GivenCheckpoint b,
            Tolerance tolerance,
            List<String> notes,
            CheckpointDiff diff) {
        json.writeBooleanProperty("equal", diff.isEqual());
        json.writeObjectPropertyStart("tolerance");
        json.writeNumberProperty("absolute", tolerance.absolute());
        json.writeNumberProperty("relative", tolerance.relative());
        json.writeEndObject();
        checkpoint(json, "a", a);
        checkpoint(json, "b", b);
        json.writeArrayPropertyStart("notes");
        notes.forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("only-in-a");
        diff.onlyInA().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("only-in-b");
        diff.onlyInB().forEach(json::writeString);
        json.writeEndArray();
        json.writeArrayPropertyStart("tensors");
        diff.tensors().forEach(tensor -> tensor(json, tensor));
        json.writeEndArray();
        long equal = diff.tensors().stream().filter(TensorDiff::isEqual).count();
        json.writeObjectPropertyStart("totals");
        json.writeNumberProperty("equal", equal);
        json.writeNumberProperty("different", diff.tensors().size() - equal);
        json.writeNumberProperty("only-in-a", diff.onlyInA().size());
        json.writeNumberProperty("only-in-b", diff.onlyInB().size());
        json.writeEndObject();
    }

    private static void checkpoint(JsonGenerator json, String side, GivenCheckpoint given) {
        Checkpoint checkpoint = given.checkpoint();
        json.writeObjectPropertyStart(side);
        json.writeStringProperty("uri", given.uri());
        json.writeStringProperty("format", checkpoint.format());
        json.writeStringProperty("content", checkpoint.content());
        json.writeEndObject();
    }

    private static void tensor(JsonGenerator json, TensorDiff tensor) {
        json.writeStartObject();
        json.writeStringProperty("name", tensor.name());
        if (!tensor.nameInB().equals(tensor.name())) {
            json.writeStringProperty("name-in-b", tensor.nameInB());
        }
        json.writeBooleanProperty("equal", tensor.isEqual());
        type(json, "a", tensor.dtypeA(), tensor.shapeA());
        type(json, "b", tensor.dtypeB(), tensor.shapeB());
        tensor.values().ifPresent(values -> values(json, values));
        json.writeEndObject();
    }

    private static void type(JsonGenerator json, String side, DType dtype, Shape shape) {
        json.writeObjectPropertyStart(side);
        json.writeStringProperty("dtype", dtype.name());
        json.writeArrayPropertyStart("shape");
        shape.dimensions().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void values(JsonGenerator json, ValueDiff values) {
        json.writeObjectPropertyStart("values");
        json.writeNumberProperty("elements", values.elements());
        json.writeNumberProperty("equal", values.equal());
        json.writeNumberProperty("within", values.within());
        JsonDocument.writeNumber(json, "max-absolute", values.maxAbsolute());
        JsonDocument.writeNumber(json, "max-relative", values.maxRelative());
        values.first().ifPresent(first -> {
            json.writeObjectPropertyStart("first");
            json.writeArrayPropertyStart("index");
            first.index().forEach(json::writeNumber);
            json.writeEndArray();
            json.writeStringProperty("a", first.a());
            json.writeStringProperty("b", first.b());
            json.writeEndObject();
        });
        special(json, "a", values.specialA());
        special(json, "b", values.specialB());
        json.writeEndObject();
    }

    private static void special(JsonGenerator json, String side, ValueDiff.Special special) {
        json.writeNumberProperty("nan-in-" + side, special.nan());
        json.writeNumberProperty("infinite-in-" + side, special.infinite());
    }
}
