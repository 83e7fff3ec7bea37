package io.graft.apply.schema;

import io.graft.GraftException;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.registry.BoundModifier;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import io.graft.report.JsonDocument;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;

/**
 * The JSON Schema (2020-12) of a whole configuration: what Graft itself reads, and the schemas that the modifiers
 * bring. An entry of the list is held against the schema of the modifier that it names and no other, so that a mistake is told
 * where it is.
 */
public final class ConfigurationSchema {
    private static final String ROOT = "#";
    private static final String DEFINITIONS = "#/$defs/";
    private static final List<String> OWN = List.of("model", "modifiers", "output", "migrations");
    private static final List<String> NAMED_BY = List.of("type", "_target_");

    private final PlugRegistry registry;

    /** By the names of their definitions: those of ids have no dot, those of sections do. */
    private final Map<String, RegisteredPlug<?>> modifiers = new LinkedHashMap<>();

    /** By the names of their definitions, as the modifiers are. */
    private final Map<String, RegisteredPlug<?>> targets = new LinkedHashMap<>();

    private final Map<String, RegisteredPlug<?>> formats = new LinkedHashMap<>();

    private final Map<String, RegisteredPlug<?>> sections = new LinkedHashMap<>();

    private final Map<String, RegisteredPlug<?>> migrations = new LinkedHashMap<>();

    private final Map<String, String> schemas = new LinkedHashMap<>();

    private ConfigurationSchema(PlugRegistry registry) {
        this.registry = registry;
        registry.modifiers().forEach(modifier -> modifiers.put(modifier.id(), modifier));
        registry.sharingAnId()
                .forEach(modifier -> modifiers.put(modifier.descriptor().className(), modifier));
        registry.modelTargets().forEach(target -> targets.put("graft.target." + target.id(), target));
        registry.sections().forEach(section -> sections.put("graft.section." + section.id(), section));
        registry.migrations().forEach(migration -> migrations.put("graft.migration." + migration.id(), migration));
        registry.outputFormats().forEach(format -> formats.put("graft.format." + format.id(), format));
    }

    /**
     * The schema, as text.
     *
     * @throws GraftException if what a modifier brings is no JSON
     * @throws IOException if a jar can no longer be read
     */
    public static String of(PlugRegistry registry) throws IOException {
        ConfigurationSchema schema = new ConfigurationSchema(registry);
        for (Map<String, RegisteredPlug<?>> plugs :
                List.of(schema.modifiers, schema.targets, schema.formats, schema.sections, schema.migrations)) {
            for (Map.Entry<String, RegisteredPlug<?>> plug : plugs.entrySet()) {
                plug.getValue().schema().ifPresent(text -> schema.schemas.put(plug.getKey(), text));
            }
        }
        String file = resource("file.schema.json");
        String definitions = resource("sections.schema.json");
        return JsonDocument.pretty(json -> schema.write(json, file, definitions));
    }

    private static String resource(String name) throws IOException {
        try (InputStream file = ConfigurationSchema.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void write(JsonGenerator json, String file, String definitions) {
        json.writeStringProperty("$schema", "https://json-schema.org/draft/2020-12/schema");
        SchemaMembers.copyMembers(file, ROOT, json);
        json.writeObjectPropertyStart("$defs");
        SchemaMembers.copyMembers(definitions, ROOT, json);
        SchemaMembers.writeObject(json, "graft", this::writeGraft);
        SchemaMembers.writeObject(json, "graft.work", this::writeWork);
        SchemaMembers.writeObject(json, "graft.model", this::writeModel);
        SchemaMembers.writeObject(json, "graft.format", this::writeFormat);
        SchemaMembers.writeObject(json, "graft.modifier", this::writeEntry);
        SchemaMembers.writeObject(json, "graft.migration", this::writeStep);
        modifiers.forEach((name, modifier) -> writePlug(json, name, modifier));
        targets.forEach((name, target) -> writePlug(json, name, target));
        formats.forEach((name, format) -> writePlug(json, name, format));
        sections.forEach((name, section) -> writePlug(json, name, section));
        migrations.forEach((name, migration) -> writePlug(json, name, migration));
        json.writeEndObject();
    }

    /** All that Graft and its jars read. */
    private void writeGraft(JsonGenerator json) {
        json.writeStringProperty(
                "description",
                "everything that Graft reads, but for a list of modifiers at training.model-modifier.modifiers");
        json.writeStringProperty("type", "object");
        SchemaMembers.writeObject(json, "properties", properties -> {
            OWN.forEach(section -> SchemaMembers.writeReference(properties, section, DEFINITIONS + "graft." + section));
            sections.forEach(
                    (name, section) -> Stream.of(section.id(), section.id().replace('-', '_'))
                            .distinct()
                            .forEach(key -> SchemaMembers.writeReference(properties, key, DEFINITIONS + name)));
        });
        SchemaMembers.writeObject(json, "patternProperties", patterns -> patterns.writeBooleanProperty("^x-", true));
        json.writeBooleanProperty("additionalProperties", false);
    }

    /** That there is something to do: modifiers, migrations of checkpoints, or what a jar does. */
    private void writeWork(JsonGenerator json) {
        json.writeArrayPropertyStart("anyOf");
        json.writeStartObject();
        SchemaMembers.writeRequired(json, "modifiers");
        json.writeEndObject();
        json.writeStartObject();
        SchemaMembers.writeRequired(json, "migrations");
        SchemaMembers.writeObject(
                json,
                "properties",
                properties -> SchemaMembers.writeObject(
                        properties, "migrations", steps -> SchemaMembers.writeRequired(steps, "steps")));
        json.writeEndObject();
        sections.values().forEach(section -> {
            json.writeStartObject();
            writeAnyRequired(json, section);
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    /** The section: which of its keys is the id of a model target decides what else it may hold. */
    private void writeModel(JsonGenerator json) {
        json.writeStringProperty(
                "description", "which model is modified; a program that hands over a model of its own needs none");
        json.writeStringProperty("type", "object");
        json.writeArrayPropertyStart("oneOf");
        targets.values().forEach(target -> {
            json.writeStartObject();
            writeAnyRequired(json, target);
            json.writeEndObject();
        });
        json.writeEndArray();
        json.writeArrayPropertyStart("allOf");
        targets.forEach((name, target) -> {
            json.writeStartObject();
            SchemaMembers.writeObject(json, "if", condition -> writeAnyRequired(condition, target));
            SchemaMembers.writeReference(json, "then", DEFINITIONS + name);
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    /** That the key of a target or a section is given, in one of its two spellings. */
    private static void writeAnyRequired(JsonGenerator json, RegisteredPlug<?> plug) {
        json.writeArrayPropertyStart("anyOf");
        Stream.of(plug.id(), plug.id().replace('-', '_')).distinct().forEach(key -> {
            json.writeStartObject();
            SchemaMembers.writeRequired(json, key);
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    /** The format of the output: its name, or an object with the name and options. */
    private void writeFormat(JsonGenerator json) {
        json.writeStringProperty("description", "the format of the model's files");
        json.writeArrayPropertyStart("anyOf");
        json.writeStartObject();
        json.writeArrayPropertyStart("enum");
        formats.values().forEach(format -> json.writeString(format.id()));
        json.writeEndArray();
        json.writeEndObject();
        json.writeStartObject();
        json.writeStringProperty("type", "object");
        json.writeEndObject();
        json.writeEndArray();
        json.writeArrayPropertyStart("allOf");
        formats.forEach((name, format) -> {
            json.writeStartObject();
            SchemaMembers.writeObject(json, "if", condition -> {
                condition.writeStringProperty("type", "object");
                SchemaMembers.writeObject(
                        condition,
                        "properties",
                        properties -> SchemaMembers.writeNames(properties, "type", Stream.of(format.id())));
            });
            SchemaMembers.writeReference(json, "then", DEFINITIONS + name);
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    /** Any entry of the list: which modifier it is for decides what else it may hold. */
    private void writeEntry(JsonGenerator json) {
        json.writeStringProperty("type", "object");
        SchemaMembers.writeObject(json, "properties", properties -> {
            SchemaMembers.writeNames(
                    properties, "type", modifiers.values().stream().flatMap(this::names));
            SchemaMembers.writeReference(properties, "_target_", DEFINITIONS + "graft.modifier/properties/type");
            SchemaMembers.writeObject(
                    properties, BoundModifier.OPTIONAL, optional -> optional.writeStringProperty("type", "boolean"));
        });
        json.writeArrayPropertyStart("oneOf");
        NAMED_BY.forEach(key -> {
            json.writeStartObject();
            SchemaMembers.writeRequired(json, key);
            json.writeEndObject();
        });
        json.writeEndArray();
        if (!modifiers.isEmpty()) {
            json.writeArrayPropertyStart("allOf");
            modifiers.forEach((name, modifier) -> writeRule(json, name, modifier));
            json.writeEndArray();
        }
    }

    /** A step of the migrations: its type, rules if it gives none, decides what else it may hold. */
    private void writeStep(JsonGenerator json) {
        json.writeStringProperty("$ref", DEFINITIONS + "graft.step");
        SchemaMembers.writeObject(
                json,
                "properties",
                properties -> SchemaMembers.writeNames(
                        properties, "type", migrations.values().stream().flatMap(ConfigurationSchema::idAndClass)));
        json.writeArrayPropertyStart("allOf");
        migrations.forEach((name, migration) -> {
            json.writeStartObject();
            SchemaMembers.writeObject(json, "if", condition -> {
                SchemaMembers.writeObject(
                        condition,
                        "properties",
                        properties -> SchemaMembers.writeNames(properties, "type", idAndClass(migration)));
                if (!migration.id().equals("rules")) {
                    SchemaMembers.writeRequired(condition, "type");
                }
            });
            SchemaMembers.writeReference(json, "then", DEFINITIONS + name);
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    private static Stream<String> idAndClass(RegisteredPlug<?> plug) {
        return Stream.of(plug.id(), plug.descriptor().className());
    }

    private void writeRule(JsonGenerator json, String name, RegisteredPlug<?> modifier) {
        json.writeStartObject();
        SchemaMembers.writeObject(json, "if", condition -> {
            condition.writeArrayPropertyStart("anyOf");
            NAMED_BY.forEach(key -> {
                condition.writeStartObject();
                SchemaMembers.writeObject(
                        condition,
                        "properties",
                        properties -> SchemaMembers.writeNames(properties, key, names(modifier)));
                SchemaMembers.writeRequired(condition, key);
                condition.writeEndObject();
            });
            condition.writeEndArray();
        });
        SchemaMembers.writeReference(json, "then", DEFINITIONS + name);
        json.writeEndObject();
    }

    /** The names by which an entry may give a modifier; one that means another modifier as well is none. */
    private Stream<String> names(RegisteredPlug<?> modifier) {
        return Stream.of(
                        Stream.of(modifier.id()),
                        modifier.descriptor().aliases().stream(),
                        Stream.of(modifier.descriptor().className()))
                .flatMap(names -> names)
                .distinct()
                .filter(name -> registry.modifier(name).filter(modifier::equals).isPresent());
    }

    private void writePlug(JsonGenerator json, String name, RegisteredPlug<?> plug) {
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
                            "the JSON Schema of " + plug.kind().word() + " `" + plug.id() + "` of "
                                    + plug.origin()
                                    + " is malformed: " + malformed.getOriginalMessage(),
                            "rebuild the jar with graft-processor, which writes it")),
                    malformed);
        }
    }

    private static void define(JsonGenerator json, String name, String schema) {
        SchemaMembers.writeObject(
                json, name, definition -> SchemaMembers.copyMembers(schema, DEFINITIONS + name, definition));
    }
}
