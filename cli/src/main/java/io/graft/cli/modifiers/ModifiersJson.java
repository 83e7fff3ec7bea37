package io.graft.cli.modifiers;

import io.graft.problem.Problem;
import io.graft.registry.PlugDescriptor;
import io.graft.registry.PlugDescriptor.OptionDescriptor;
import io.graft.registry.PlugRegistry;
import io.graft.registry.RegisteredPlug;
import io.graft.report.JsonDocument;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** Modifiers for programs: part of the document that {@link JsonDocument} opens. */
final class ModifiersJson {
    private ModifiersJson() {}

    static void write(JsonGenerator json, PlugRegistry registry) {
        json.writeArrayPropertyStart("modifiers");
        registry.modifiers().forEach(modifier -> writeFound(json, modifier, "usable"));
        registry.sharingAnId().forEach(modifier -> writeFound(json, modifier, "shared-id"));
        json.writeEndArray();
        writeProblems(json, registry.modifierProblems());
    }

    static void writeProblems(JsonGenerator json, List<Problem> problems) {
        json.writeArrayPropertyStart("problems");
        for (Problem problem : problems) {
            json.writeStartObject();
            json.writeStringProperty("code", problem.code().id());
            json.writeStringProperty("severity", problem.isError() ? "error" : "warning");
            problem.at().ifPresent(at -> json.writeStringProperty("origin", at.file()));
            json.writeStringProperty("message", problem.message());
            json.writeStringProperty("help", problem.help());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeFound(JsonGenerator json, RegisteredPlug<?> modifier, String state) {
        json.writeStartObject();
        writeIdentity(json, modifier);
        json.writeStringProperty("state", state);
        json.writeStringProperty("summary", modifier.descriptor().summary());
        json.writeEndObject();
    }

    static void write(JsonGenerator json, RegisteredPlug<?> modifier) {
        PlugDescriptor descriptor = modifier.descriptor();
        json.writeObjectPropertyStart("modifier");
        writeIdentity(json, modifier);
        json.writeStringProperty("documentation", descriptor.documentation());
        writeStrings(json, "aliases", descriptor.aliases());
        json.writeArrayPropertyStart("options");
        for (OptionDescriptor option : descriptor.options()) {
            json.writeStartObject();
            json.writeStringProperty("key", option.key());
            json.writeStringProperty("type", option.type());
            json.writeBooleanProperty("required", option.required());
            if (!option.defaultValue().isEmpty()) {
                json.writeStringProperty("default", option.defaultValue());
            }
            writeStrings(json, "constraints", option.constraints());
            writeStrings(json, "aliases", option.aliases());
            writeStrings(json, "former-keys", option.formerKeys());
            json.writeBooleanProperty("secret", option.secret());
            json.writeStringProperty("documentation", option.documentation());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeIdentity(JsonGenerator json, RegisteredPlug<?> modifier) {
        json.writeStringProperty("id", modifier.id());
        json.writeStringProperty("version", modifier.version());
        json.writeStringProperty("origin", modifier.origin());
        json.writeNumberProperty("api-level", modifier.apiLevel());
        json.writeStringProperty("class", modifier.descriptor().className());
    }

    private static void writeStrings(JsonGenerator json, String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        texts.forEach(json::writeString);
        json.writeEndArray();
    }
}
