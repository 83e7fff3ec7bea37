package io.graft.report;

import io.graft.ModifierRecord;
import io.graft.Skipped;
import io.graft.model.Change;
import io.graft.model.TensorKind;
import java.util.List;
import java.util.OptionalDouble;
import tools.jackson.core.JsonGenerator;

/** What one modifier did, as an entry of {@code modifiers} in a {@link ReportJson}. */
final class ModifierJson {
    private ModifierJson() {}

    static void write(JsonGenerator json, ModifierRecord modifier) {
        List<Change> changes = modifier.changes();
        json.writeStartObject();
        json.writeNumberProperty("index", modifier.index());
        json.writeStringProperty("type", modifier.type());
        json.writeStringProperty("origin", modifier.origin());
        JsonDocument.writeArray(json, "loaded", only(Change.Assigned.class, changes), ModifierJson::writeAssigned);
        JsonDocument.writeArray(json, "skipped", modifier.skipped(), ModifierJson::writeSkipped);
        JsonDocument.writeArray(json, "missing", modifier.missing(), JsonGenerator::writeString);
        JsonDocument.writeArray(
                json, "frozen", only(Change.Frozen.class, changes), (out, change) -> out.writeString(change.name()));
        JsonDocument.writeArray(
                json,
                "unfrozen",
                only(Change.Unfrozen.class, changes),
                (out, change) -> out.writeString(change.name()));
        JsonDocument.writeArray(json, "renamed", only(Change.Renamed.class, changes), ModifierJson::writeRenamed);
        JsonDocument.writeArray(json, "added", only(Change.Added.class, changes), ModifierJson::writeAdded);
        JsonDocument.writeArray(
                json, "removed", only(Change.Removed.class, changes), (out, change) -> out.writeString(change.name()));
        JsonDocument.writeArray(
                json,
                "adapted",
                changes.stream().filter(ModifierJson::isAdaptation).toList(),
                ModifierJson::writeAdapted);
        // Nothing quantizes yet; readers may rely on the key.
        JsonDocument.writeArray(json, "quantized", List.<Change>of(), ModifierJson::writeAdapted);
        JsonDocument.writeArray(json, "cast", only(Change.Cast.class, changes), ModifierJson::writeCast);
        JsonDocument.writeArray(json, "warnings", modifier.warnings(), JsonGenerator::writeString);
        json.writeEndObject();
    }

    private static void writeAssigned(JsonGenerator json, Change.Assigned change) {
        json.writeStartObject();
        json.writeStringProperty("name", change.name());
        if (change.kind() == TensorKind.BUFFER) {
            json.writeStringProperty("kind", TensorJson.idOf(change.kind()));
        }
        TensorJson.writeOrigin(json, change.provenance());
        json.writeEndObject();
    }

    private static void writeSkipped(JsonGenerator json, Skipped skipped) {
        json.writeStartObject();
        json.writeStringProperty("key", skipped.key());
        json.writeStringProperty("reason", skipped.reason().id());
        json.writeStringProperty("detail", skipped.detail());
        json.writeEndObject();
    }

    private static void writeRenamed(JsonGenerator json, Change.Renamed change) {
        json.writeStartObject();
        json.writeStringProperty("from", change.from());
        json.writeStringProperty("to", change.to());
        json.writeEndObject();
    }

    private static void writeAdded(JsonGenerator json, Change.Added change) {
        json.writeStartObject();
        json.writeStringProperty("name", change.name());
        TensorJson.writeOrigin(json, change.provenance());
        json.writeEndObject();
    }

    private static boolean isAdaptation(Change change) {
        return change instanceof Change.Parametrized || change instanceof Change.Folded;
    }

    private static void writeAdapted(JsonGenerator json, Change change) {
        if (change instanceof Change.Parametrized parametrized) {
            writeAdapted(json, parametrized.name(), parametrized.parametrization());
        } else if (change instanceof Change.Folded folded) {
            writeAdapted(json, folded.name(), folded.parametrization());
        }
    }

    private static void writeAdapted(JsonGenerator json, String name, String parametrization) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("parametrization", parametrization);
        json.writeEndObject();
    }

    private static void writeCast(JsonGenerator json, Change.Cast change) {
        json.writeStartObject();
        json.writeStringProperty("name", change.name());
        json.writeStringProperty("from", change.from().name());
        json.writeStringProperty("to", change.to().name());
        OptionalDouble error = change.value().maxRelativeError();
        if (error.isPresent()) {
            json.writeNumberProperty("max-relative-error", error.getAsDouble());
        }
        json.writeEndObject();
    }

    private static <C extends Change> List<C> only(Class<C> kind, List<Change> changes) {
        return changes.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
