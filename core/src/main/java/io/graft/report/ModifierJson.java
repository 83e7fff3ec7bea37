package io.graft.report;

import io.graft.CastErrors;
import io.graft.ModifierRecord;
import io.graft.Skipped;
import io.graft.model.Change;
import io.graft.model.parametrization.Loss;
import io.graft.model.training.TensorKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/**
 * What one modifier did, as an entry of {@code modifiers} in a {@link ReportJson}.
 *
 * @param tensors how provenance is written
 * @param stored what is known of tensors in storages
 */
record ModifierJson(TensorJson tensors, CastErrors castErrors, StoredWeights stored) {
    void write(JsonGenerator json, ModifierRecord modifier) {
        Entries changes = new Entries();
        modifier.changes().forEach(change -> change.on(changes));
        json.writeStartObject();
        json.writeNumberProperty("index", modifier.index());
        json.writeStringProperty("type", modifier.type());
        json.writeStringProperty("origin", modifier.origin());
        if (modifier.leftOut()) {
            json.writeBooleanProperty("left-out", true);
        }
        json.writeName("options");
        JsonDocument.writeValue(json, modifier.options());
        changes.write(json, "loaded");
        JsonDocument.writeArray(json, "skipped", modifier.skipped(), ModifierJson::writeSkipped);
        JsonDocument.writeArray(json, "missing", modifier.missing(), JsonGenerator::writeString);
        changes.write(json, "frozen");
        changes.write(json, "unfrozen");
        changes.write(json, "scheduled");
        changes.write(json, "renamed");
        changes.write(json, "added");
        changes.write(json, "removed");
        changes.write(json, "parted");
        changes.write(json, "adapted");
        changes.write(json, "quantized");
        changes.write(json, "cast");
        changes.writeIfAny(json, "resized");
        if (!modifier.artifacts().isEmpty()) {
            JsonDocument.writeArray(
                    json, "artifacts", modifier.artifacts(), (out, artifact) -> out.writeString(artifact.name()));
        }
        changes.writeIfAny(json, "modules");
        JsonDocument.writeArray(json, "warnings", modifier.warnings(), JsonGenerator::writeString);
        json.writeEndObject();
    }

    private static void writeSkipped(JsonGenerator json, Skipped skipped) {
        json.writeStartObject();
        json.writeStringProperty("key", skipped.key());
        json.writeStringProperty("reason", skipped.reason().id());
        json.writeStringProperty("detail", skipped.detail());
        json.writeEndObject();
    }

    /** Changes by the array that they go into. */
    private final class Entries implements Change.Cases<Void> {
        private final Map<String, List<Consumer<JsonGenerator>>> arrays = new LinkedHashMap<>();

        void write(JsonGenerator json, String array) {
            JsonDocument.writeArray(
                    json, array, arrays.getOrDefault(array, List.of()), (out, entry) -> entry.accept(out));
        }

        void writeIfAny(JsonGenerator json, String array) {
            if (arrays.containsKey(array)) {
                write(json, array);
            }
        }

        @Override
        public Void assigned(Change.Assigned change) {
            return object("loaded", json -> {
                json.writeStringProperty("name", change.name());
                if (change.kind() == TensorKind.BUFFER) {
                    json.writeStringProperty("kind", TensorJson.idOf(change.kind()));
                }
                tensors.writeOrigin(json, change.provenance(), change.name());
            });
        }

        @Override
        public Void frozen(Change.Frozen change) {
            return add("frozen", json -> json.writeString(change.name()));
        }

        @Override
        public Void unfrozen(Change.Unfrozen change) {
            return add("unfrozen", json -> json.writeString(change.name()));
        }

        @Override
        public Void scheduled(Change.Scheduled change) {
            return object("scheduled", json -> {
                json.writeStringProperty("name", change.name());
                TensorJson.writeSchedule(json, change.when());
            });
        }

        @Override
        public Void renamed(Change.Renamed change) {
            return object("renamed", json -> {
                json.writeStringProperty("from", change.name());
                json.writeStringProperty("to", change.to());
            });
        }

        @Override
        public Void added(Change.Added change) {
            return object("added", json -> {
                json.writeStringProperty("name", change.name());
                tensors.writeOrigin(json, change.provenance(), change.name());
            });
        }

        @Override
        public Void resized(Change.Resized change) {
            return object("resized", json -> {
                json.writeStringProperty("name", change.name());
                JsonDocument.writeArray(json, "from", change.from().dimensions(), JsonGenerator::writeNumber);
                JsonDocument.writeArray(json, "to", change.to().dimensions(), JsonGenerator::writeNumber);
                tensors.writeOrigin(json, change.provenance(), change.name());
            });
        }

        @Override
        public Void removed(Change.Removed change) {
            return add("removed", json -> json.writeString(change.name()));
        }

        @Override
        public Void parted(Change.Parted change) {
            return object("parted", json -> {
                json.writeStringProperty("name", change.name());
                JsonDocument.writeArray(json, "from", change.from(), JsonGenerator::writeString);
            });
        }

        @Override
        public Void cast(Change.Cast change) {
            return object("cast", json -> {
                json.writeStringProperty("name", change.name());
                json.writeStringProperty("from", change.from().name());
                json.writeStringProperty("to", change.to().name());
                castErrors.of(change).ifPresent(error -> json.writeNumberProperty("max-relative-error", error));
            });
        }

        @Override
        public Void parametrized(Change.Parametrized change) {
            return change.adapter().isEmpty()
                    ? object("quantized", json -> {
                        json.writeStringProperty("name", change.name());
                        json.writeStringProperty("parametrization", change.parametrization());
                        stored.of(change).ifPresent(entry -> writeStored(json, entry));
                    })
                    : adapted(change.name(), change.adapter(), json -> {
                        json.writeStringProperty("parametrization", change.parametrization());
                        if (!change.description().equals(change.parametrization())) {
                            json.writeStringProperty("description", change.description());
                        }
                    });
        }

        private static void writeStored(JsonGenerator json, StoredWeights.Entry entry) {
            entry.kernel().ifPresent(kernel -> json.writeStringProperty("kernel", kernel.id()));
            entry.loss().ifPresent(loss -> {
                json.writeNumberProperty("bytes-before", entry.before());
                json.writeNumberProperty("bytes", entry.after());
                json.writeNumberProperty("expected-error", loss.expected());
                entry.update().ifPresent(update -> {
                    json.writeNumberProperty("update", update.size());
                    json.writeNumberProperty("step", update.step());
                });
                loss.measured().ifPresent(error -> {
                    json.writeNumberProperty("error", error);
                    if (error > 0) {
                        json.writeNumberProperty("sqnr", Loss.decibels(error));
                    }
                });
            });
        }

        @Override
        public Void unparametrized(Change.Unparametrized change) {
            return adapted(change.name(), change.adapter(), json -> {
                json.writeStringProperty("parametrization", change.parametrization());
                json.writeBooleanProperty("removed", true);
            });
        }

        @Override
        public Void activated(Change.Activated change) {
            return adapted(
                    change.name(), change.adapter(), json -> json.writeNumberProperty("weight", change.weight()));
        }

        @Override
        public Void folded(Change.Folded change) {
            return object("adapted", json -> {
                json.writeStringProperty("name", change.name());
                json.writeStringProperty("parametrization", change.parametrization());
            });
        }

        @Override
        public Void requantized(Change.Requantized change) {
            return object("adapted", json -> {
                json.writeStringProperty("name", change.name());
                json.writeStringProperty("parametrization", change.parametrization());
                json.writeStringProperty("storage", change.storage());
                stored.of(change).ifPresent(entry -> writeStored(json, entry));
            });
        }

        @Override
        public Void moduleReplaced(Change.ModuleReplaced change) {
            return module("replaced", change.name(), json -> {
                json.writeStringProperty("was", change.type());
                json.writeStringProperty("source", change.source().description());
            });
        }

        @Override
        public Void moduleAdded(Change.ModuleAdded change) {
            return module(
                    "added",
                    change.name(),
                    json -> json.writeStringProperty("source", change.source().description()));
        }

        @Override
        public Void moduleRemoved(Change.ModuleRemoved change) {
            return module("removed", change.name(), json -> json.writeStringProperty("was", change.type()));
        }

        private Void module(String what, String path, Consumer<JsonGenerator> properties) {
            return object("modules", json -> {
                json.writeStringProperty("name", path);
                json.writeStringProperty("change", what);
                properties.accept(json);
            });
        }

        private Void adapted(String name, String adapter, Consumer<JsonGenerator> properties) {
            return object("adapted", json -> {
                json.writeStringProperty("name", name);
                json.writeStringProperty("adapter", adapter);
                properties.accept(json);
            });
        }

        private Void object(String array, Consumer<JsonGenerator> properties) {
            return add(array, json -> {
                json.writeStartObject();
                properties.accept(json);
                json.writeEndObject();
            });
        }

        private Void add(String array, Consumer<JsonGenerator> entry) {
            arrays.computeIfAbsent(array, first -> new ArrayList<>()).add(entry);
            return null;
        }
    }
}
