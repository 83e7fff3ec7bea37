package io.graft.processor.render;

import io.graft.processor.model.ChoiceModel;
import io.graft.processor.model.KeyModel;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.registry.BoundModifier;
import io.graft.registry.PlugKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The JSON Schema (2020-12) of one entry of the configuration's list. It accepts what the binder accepts, as far as a
 * schema can tell: both spellings of a key, one at a time, and keys that start with {@code x-}.
 */
final class SchemaRenderer {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final String TYPE = "type";
    private static final String TARGET = "_target_";

    private final PlugModel plug;
    private final ValueSchemas values;

    private SchemaRenderer(PlugModel plug) {
        this.plug = plug;
        this.values = new ValueSchemas(plug);
    }

    static Map<String, Object> render(PlugModel plug) {
        return new SchemaRenderer(plug).entry();
    }

    private Map<String, Object> entry() {
        List<KeyModel> keys = plug.options().map(OptionsModel::keys).orElse(List.of());
        Map<String, Object> properties = new LinkedHashMap<>();
        List<Object> rules = new ArrayList<>();
        Set<String> names = plug.kind().namingKeys();
        if (names.contains(TYPE)) {
            properties.put(TYPE, name());
        }
        if (names.contains(TARGET)) {
            properties.put(TARGET, Ordered.of("$ref", "#/properties/" + TYPE));
            rules.add(exactlyOne(TYPE, TARGET));
        }
        if (plug.kind() == PlugKind.MIGRATION) {
            // told once, where steps are described
            List.of("id", "since", "until").forEach(key -> properties.put(key, true));
        }
        if (names.contains(BoundModifier.OPTIONAL)) {
            properties.put(
                    BoundModifier.OPTIONAL,
                    Ordered.of("description", "whether the run goes on without it if it fails", "type", "boolean"));
        }
        properties.putAll(properties(keys, "#"));
        plug.options().map(KeyRules::of).ifPresent(rules::addAll);

        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", DIALECT);
        schema.put("title", plug.id().text());
        schema.put("description", plug.documentation());
        schema.putAll(object(properties, keys, rules));
        if (names.equals(Set.of(TYPE))) {
            schema.merge("required", List.of(TYPE), SchemaRenderer::both);
        }
        Map<String, Object> definitions = definitions();
        if (!definitions.isEmpty()) {
            schema.put("$defs", definitions);
        }
        return schema;
    }

    /** Every name that an entry may give the plug. */
    private Map<String, Object> name() {
        Stream<String> aliases = plug.aliases().stream().map(Literal::text);
        List<String> names = Stream.of(
                        Stream.of(plug.id().text()),
                        aliases,
                        Stream.of(plug.type().binaryName()))
                .flatMap(name -> name)
                .distinct()
                .toList();
        return Ordered.of("description", "the " + plug.kind().word() + " that this is for", "enum", names);
    }

    private Map<String, Object> definitions() {
        Map<String, Object> definitions = new LinkedHashMap<>();
        for (OptionsModel nested : plug.records()) {
            if (values.isReferenced(nested.type())) {
                String name = values.definition(nested.type());
                definitions.put(
                        name, object(properties(nested.keys(), "#/$defs/" + name), nested.keys(), KeyRules.of(nested)));
            }
        }
        for (ChoiceModel choice : plug.choices()) {
            String name = values.definition(choice.type());
            definitions.put(name, Ordered.of("oneOf", alternatives(choice, "#/$defs/" + name)));
        }
        return definitions;
    }

    private List<Object> alternatives(ChoiceModel choice, String owner) {
        List<Object> alternatives = new ArrayList<>();
        for (ChoiceModel.Alternative alternative : choice.records()) {
            OptionsModel record = plug.record(alternative.type());
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put(
                    choice.discriminator(),
                    Ordered.of("const", alternative.tag().text()));
            properties.putAll(properties(record.keys(), owner + "/oneOf/" + alternatives.size()));
            Map<String, Object> schema = object(properties, record.keys(), KeyRules.of(record));
            schema.merge("required", List.of(choice.discriminator()), SchemaRenderer::both);
            alternatives.add(schema);
        }
        return alternatives;
    }

    private static List<?> both(Object some, Object more) {
        return Stream.of(more, some)
                .flatMap(names -> ((List<?>) names).stream())
                .toList();
    }

    private static Map<String, Object> object(Map<String, Object> properties, List<KeyModel> keys, List<Object> rules) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("patternProperties", Ordered.of("^x-", true));
        schema.put("additionalProperties", false);
        List<String> required = keys.stream()
                .filter(KeyRules::isPlainlyRequired)
                .map(KeyModel::key)
                .toList();
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        if (!rules.isEmpty()) {
            schema.put("allOf", rules);
        }
        return schema;
    }

    private Map<String, Object> properties(List<KeyModel> keys, String owner) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (KeyModel key : keys) {
            properties.put(key.key(), property(key));
            List<String> former = KeyRules.former(key);
            KeyRules.spellings(key).stream()
                    .skip(1)
                    .forEach(name -> properties.put(name, reference(owner + "/properties/" + key.key(), former, name)));
        }
        return properties;
    }

    private Map<String, Object> property(KeyModel key) {
        Map<String, Object> schema = new LinkedHashMap<>();
        if (!key.documentation().isEmpty()) {
            schema.put("description", key.documentation());
        }
        schema.putAll(values.of(key));
        key.life().secret().ifPresent(at -> schema.put("writeOnly", true));
        key.defaultValue().ifPresent(literal -> schema.put("default", DefaultValue.json(key.shape(), literal.text())));
        return schema;
    }

    private static Map<String, Object> reference(String pointer, List<String> former, String name) {
        Map<String, Object> reference = Ordered.of("$ref", pointer);
        if (former.contains(name)) {
            reference.put("deprecated", true);
        }
        return reference;
    }

    private static Map<String, Object> exactlyOne(String key, String other) {
        return Ordered.of(
                "oneOf", List.of(Ordered.of("required", List.of(key)), Ordered.of("required", List.of(other))));
    }
}
