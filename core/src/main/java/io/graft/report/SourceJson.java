package io.graft.report;

import io.graft.tensor.Provenance;
import tools.jackson.core.JsonGenerator;

/**
 * Where the values of a tensor come from, as the {@code source} of a document.
 *
 * @param modelUri what initial values are of
 * @param origin the name that the model has for the tensor that gets the values: its own are a word
 */
public record SourceJson(String modelUri, String origin) {
    /** Of a tensor that is in no model: all of its values lie in checkpoints. */
    public static final SourceJson STORED = new SourceJson("", "");

    /** Writes a value: a word, or an object. */
    public void write(JsonGenerator json, Provenance provenance) {
        if (provenance instanceof Provenance.Initial initial && initial.name().equals(origin)) {
            json.writeString("initial");
        } else {
            json.writeStartObject();
            writeOrigin(json, provenance);
            json.writeEndObject();
        }
    }

    /** Writes the properties of an object that is being written. */
    void writeOrigin(JsonGenerator json, Provenance provenance) {
        provenance.on(new Origin(json));
    }

    private final class Origin implements Provenance.Cases<Void> {
        private final JsonGenerator json;

        Origin(JsonGenerator json) {
            this.json = json;
        }

        @Override
        public Void initial(Provenance.Initial initial) {
            return place(initial.name(), modelUri);
        }

        @Override
        public Void stored(Provenance.Stored stored) {
            return place(stored.key(), stored.uri());
        }

        @Override
        public Void computed(Provenance.Computed computed) {
            json.writeStringProperty("operation", computed.operation());
            JsonDocument.writeArray(json, "from", computed.from(), (out, from) -> write(out, from));
            return null;
        }

        private Void place(String key, String uri) {
            json.writeStringProperty("key", key);
            json.writeStringProperty("uri", uri);
            return null;
        }
    }
}
