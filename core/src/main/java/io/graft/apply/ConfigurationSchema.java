package io.graft.apply;

import io.graft.GraftException;
import io.graft.config.Accepts;
import io.graft.model.ref.CheckpointRefDecoder;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.ModifierRegistry;
import io.graft.registry.RegisteredModifier;
import io.graft.report.JsonDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON Schema (2020-12) of a whole configuration: what {@link GraftFileBinder} reads, and the schemas that the modifiers
 * bring. An entry of the list is held against the schema of the modifier that it names and no other, so that a mistake is told
 * where it is.
 */
final class ConfigurationSchema {
    private static final String ROOT = "#";
    private static final String DEFINITIONS = "#/$defs/";
    private static final List<String> NAMED_BY = List.of("type", "_target_");

    private final ModifierRegistry registry;

    /** By the names of their definitions: those of ids have no dot, those of sections do. */
    private final Map<String, RegisteredModifier> modifiers = new LinkedHashMap<>();

    private final Map<String, String> schemas = new LinkedHashMap<>();

    private ConfigurationSchema(ModifierRegistry registry) {
        this.registry = registry;
        registry.modifiers().forEach(modifier -> modifiers.put(modifier.id(), modifier));
        registry.sharingAnId()
                .forEach(modifier -> modifiers.put(modifier.descriptor().className(), modifier));
    }

    /**
     * The schema, as text.
     *
     * @throws GraftException if what a modifier brings is no JSON
     * @throws IOException if a jar can no longer be read
     */
    static String of(ModifierRegistry registry) throws IOException {
        ConfigurationSchema schema = new ConfigurationSchema(registry);
        for (Map.Entry<String, RegisteredModifier> modifier : schema.modifiers.entrySet()) {
            modifier.getValue().schema().ifPresent(text -> schema.schemas.put(modifier.getKey(), text));
        }
        String file = resource("file.schema.json");
        String sections = resource("sections.schema.json");
        return JsonDocument.pretty(json -> schema.write(json, file, sections));
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = ConfigurationSchema.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void write(JsonGenerator json, String file, String sections) {
        json.writeStringProperty("$schema", "https://json-schema.org/draft/2020-12/schema");
        copyMembers(file, ROOT, json);
        json.writeObjectPropertyStart("$defs");
        copyMembers(sections, ROOT, json);
        define(
                json,
                "graft.checkpoint",
                CheckpointRefDecoder.class.getAnnotation(Accepts.class).schema());
        writeObject(json, "graft.modifier", this::writeEntry);
        modifiers.forEach((name, modifier) -> writeModifier(json, name, modifier));
        json.writeEndObject();
    }

    /** Any entry of the list: which modifier it is for decides what else it may hold. */
    private void writeEntry(JsonGenerator json) {
        json.writeStringProperty("type", "object");
        writeObject(json, "properties", properties -> {
            writeNames(properties, "type", modifiers.values().stream().flatMap(this::names));
            writeReference(properties, "_target_", DEFINITIONS + "graft.modifier/properties/type");
        });
        json.writeArrayPropertyStart("oneOf");
        NAMED_BY.forEach(key -> {
            json.writeStartObject();
            writeRequired(json, key);
            json.writeEndObject();
        });
        json.writeEndArray();
        if (!modifiers.isEmpty()) {
            json.writeArrayPropertyStart("allOf");
            modifiers.forEach((name, modifier) -> writeRule(json, name, modifier));
            json.writeEndArray();
        }
    }

    private void writeRule(JsonGenerator json, String name, RegisteredModifier modifier) {
        json.writeStartObject();
        writeObject(json, "if", condition -> {
            condition.writeArrayPropertyStart("anyOf");
            NAMED_BY.forEach(key -> {
                condition.writeStartObject();
                writeObject(condition, "properties", properties -> writeNames(properties, key, names(modifier)));
                writeRequired(condition, key);
                condition.writeEndObject();
            });
            condition.writeEndArray();
        });
        writeReference(json, "then", DEFINITIONS + name);
        json.writeEndObject();
    }

    /** The names by which an entry may give a modifier; one that means another modifier as well is none. */
    private Stream<String> names(RegisteredModifier modifier) {
        return Stream.of(
                        Stream.of(modifier.id()),
                        modifier.descriptor().aliases().stream(),
                        Stream.of(modifier.descriptor().className()))
                .flatMap(names -> names)
                .distinct()
                .filter(name -> registry.find(name).filter(modifier::equals).isPresent());
    }

    private void writeModifier(JsonGenerator json, String name, RegisteredModifier modifier) {
        Optional<String> schema = Optional.ofNullable(schemas.get(name));
        try {
            define(
                    json,
                    name,
                    schema.orElse("{\"description\": \"brings no schema, so that its options are not checked\"}"));
        } catch (JacksonException malformed) {
            throw new GraftException(
                    List.of(Problem.error(
                            ProblemCode.DESCRIPTOR_MISMATCH,
                            "the JSON Schema of modifier `" + modifier.id() + "` of " + modifier.origin()
                                    + " is malformed: " + malformed.getOriginalMessage(),
                            "rebuild the jar with graft-processor, which writes it")),
                    malformed);
        }
    }

    private static void define(JsonGenerator json, String name, String schema) {
        writeObject(json, name, definition -> copyMembers(schema, DEFINITIONS + name, definition));
    }

    /**
     * Copies what is in an object, but for the name of its dialect.
     *
     * @param base where the object comes to stand, from which its own references count
     */
    private static void copyMembers(String object, String base, JsonGenerator to) {
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

    private static void writeObject(JsonGenerator json, String name, Consumer<JsonGenerator> members) {
        json.writeObjectPropertyStart(name);
        members.accept(json);
        json.writeEndObject();
    }

    private static void writeReference(JsonGenerator json, String name, String pointer) {
        writeObject(json, name, reference -> reference.writeStringProperty("$ref", pointer));
    }

    private static void writeNames(JsonGenerator json, String key, Stream<String> names) {
        writeObject(json, key, schema -> {
            schema.writeArrayPropertyStart("enum");
            names.forEach(schema::writeString);
            schema.writeEndArray();
        });
    }

    private static void writeRequired(JsonGenerator json, String key) {
        json.writeArrayPropertyStart("required");
        json.writeString(key);
        json.writeEndArray();
    }
}
