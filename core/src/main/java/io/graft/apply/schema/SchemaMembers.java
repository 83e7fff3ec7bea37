package io.graft.apply.schema;

import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/** Writes members of JSON Schemas, and copies those of others. */
final class SchemaMembers {
    private SchemaMembers() {}

    /**
     * Copies what is in an object, but for the name of its dialect.
     *
     * @param base where the object comes to stand, from which its own references count
     */
    static void copyMembers(String object, String base, JsonGenerator to) {
        try (JsonParser from = new JsonFactory().createParser(ObjectReadContext.empty(), object)) {
            if (from.nextToken() != JsonToken.START_OBJECT) {
                throw new StreamReadException(from, "not a JSON object");
            }
            while (from.nextToken() == JsonToken.PROPERTY_NAME) {
                if (from.currentName().equals("$schema")) {
                    from.nextToken();
                } else {
                    copyMember(from, base, to);
                }
            }
        }
    }

    private static void copyMember(JsonParser from, String base, JsonGenerator to) {
        to.writeName(from.currentName());
        int depth = 0;
        do {
            boolean refers = "$ref".equals(from.currentName());
            JsonToken token = from.nextToken();
            if (refers && token == JsonToken.VALUE_STRING) {
                to.writeString(from.getString().replaceFirst("^#", base.replace("$", "\\$")));
            } else {
                to.copyCurrentEvent(from);
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        } while (depth > 0);
    }

    /** A member that is an object. */
    static void writeObject(JsonGenerator json, String name, Consumer<JsonGenerator> members) {
        json.writeObjectPropertyStart(name);
        members.accept(json);
        json.writeEndObject();
    }

    /** A member that is the schema at a pointer. */
    static void writeReference(JsonGenerator json, String name, String pointer) {
        writeObject(json, name, reference -> reference.writeStringProperty("$ref", pointer));
    }

    /** A member that is one of some names. */
    static void writeNames(JsonGenerator json, String key, Stream<String> names) {
        writeObject(json, key, schema -> {
            schema.writeArrayPropertyStart("enum");
            names.forEach(schema::writeString);
            schema.writeEndArray();
        });
    }

    /** That a key is given. */
    static void writeRequired(JsonGenerator json, String key) {
        json.writeArrayPropertyStart("required");
        json.writeString(key);
        json.writeEndArray();
    }
}
