package io.graft.cli.inspect;

import io.graft.checkpoint.Aside;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.Section;
import io.graft.checkpoint.TensorEntry;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.report.JsonDocument;
import io.graft.tensor.DType;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** What a checkpoint holds, for programs: part of the document that {@link JsonDocument} opens. */
final class InspectJson {
    private InspectJson() {}

    static void write(JsonGenerator json, GivenCheckpoint given, Collection<TensorEntry> shown) {
        Checkpoint checkpoint = given.checkpoint();
        json.writeObjectPropertyStart("checkpoint");
        json.writeStringProperty("uri", given.uri());
        json.writeStringProperty("format", checkpoint.format());
        json.writeStringProperty("content", checkpoint.content());
        json.writeStringProperty("section", checkpoint.section().name());
        json.writeArrayPropertyStart("sections");
        checkpoint.others().forEach(section -> write(json, section));
        json.writeEndArray();
        json.writeArrayPropertyStart("asides");
        for (Aside aside : checkpoint.asides()) {
            json.writeStartObject();
            json.writeStringProperty("name", aside.name());
            json.writeNumberProperty("tensors", aside.tensors());
            json.writeNumberProperty("bytes", aside.bytes());
            json.writeEndObject();
        }
        json.writeEndArray();
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
        Map<DType, Integer> dtypes = new EnumMap<>(DType.class);
        for (TensorEntry entry : shown) {
            dtypes.merge(entry.dtype(), 1, Integer::sum);
            elements += entry.shape().elementCount();
            bytes += entry.data().byteCount();
            json.writeStartObject();
            json.writeStringProperty("name", entry.name());
            json.writeStringProperty("dtype", entry.dtype().name());
            json.writeArrayPropertyStart("shape");
            entry.shape().dimensions().forEach(json::writeNumber);
            json.writeEndArray();
            entry.declared().ifPresent(kind -> kind(json, kind));
            entry.refusal().ifPresent(refusal -> json.writeStringProperty("unreadable", refusal.reason()));
            json.writeStringProperty("file", entry.range().file().toString());
            json.writeNumberProperty("offset", entry.range().offset());
            json.writeNumberProperty("bytes", entry.data().byteCount());
            json.writeEndObject();
        }
        json.writeEndArray();
        Schemes.of(checkpoint, shown).write(json);
        json.writeArrayPropertyStart("modules");
        for (ModuleSummary module : ModuleSummary.of(shown).modules()) {
            json.writeStartObject();
            json.writeStringProperty("path", module.path());
            json.writeNumberProperty("tensors", module.tensors());
            json.writeNumberProperty("elements", module.elements());
            json.writeNumberProperty("bytes", module.bytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeObjectPropertyStart("dtypes");
        dtypes.forEach((dtype, count) -> json.writeNumberProperty(dtype.name(), count));
        json.writeEndObject();
        json.writeArrayPropertyStart("ties");
        checkpoint.ties().forEach(names -> writeTie(json, names));
        checkpoint.impliedTie().ifPresent(tie -> writeTie(json, List.of(tie.tensor(), tie.name())));
        json.writeEndArray();
        json.writeObjectPropertyStart("totals");
        json.writeNumberProperty("tensors", shown.size());
        json.writeNumberProperty("elements", elements);
        json.writeNumberProperty("bytes", bytes);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Section section) {
        json.writeStartObject();
        json.writeStringProperty("name", section.name());
        json.writeNumberProperty("tensors", section.count());
        json.writeNumberProperty("bytes", section.bytes());
        json.writeBooleanProperty("average", section.isAverage());
        json.writeEndObject();
    }

    private static void kind(JsonGenerator json, DeclaredKind kind) {
        boolean isBuffer = kind == DeclaredKind.BUFFER;
        json.writeStringProperty("kind", isBuffer ? "buffer" : "parameter");
        if (!isBuffer) {
            json.writeBooleanProperty("trainable", kind == DeclaredKind.PARAMETER);
        }
    }

    private static void writeTie(JsonGenerator json, List<String> names) {
        json.writeStartArray();
        names.forEach(json::writeString);
        json.writeEndArray();
    }
}
