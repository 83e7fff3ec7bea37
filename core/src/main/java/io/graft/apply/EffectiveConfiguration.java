package io.graft.apply;

import io.graft.apply.output.OutputSection;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.BoundModifier;
import io.graft.registry.BoundPlug;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A configuration as it is understood: substitutions and includes resolved, each key under its name of today, the defaults of what
 * the file does not say. Secrets are not shown.
 */
final class EffectiveConfiguration {
    private final Configuration configuration;

    private EffectiveConfiguration(Configuration configuration) {
        this.configuration = configuration;
    }

    /** What stands under {@code graft}: maps, lists, texts, numbers, booleans and null. */
    static Map<String, Object> of(Configuration configuration) {
        return new EffectiveConfiguration(configuration).sections();
    }

    private Map<String, Object> sections() {
        GraftFile file = configuration.file();
        Map<String, Object> sections = new LinkedHashMap<>();
        file.model().ifPresent(model -> sections.put("model", model(model.cursor())));
        sections.put(
                "modifiers",
                file.modifiers().stream().map(EffectiveConfiguration::entry).toList());
        boolean ownFormat =
                file.model().filter(model -> model.made().hasOwnFormat()).isPresent();
        file.output().ifPresent(output -> sections.put("output", output(output, ownFormat)));
        file.migrations().ifPresent(migrations -> sections.put("migrations", shown(migrations.shown())));
        file.sections().forEach(section -> sections.put(section.id(), section.options()));
        return sections;
    }

    private static Map<String, Object> entry(BoundModifier modifier) {
        Map<String, Object> entry = entry(modifier.id(), modifier.options());
        if (modifier.optional()) {
            entry.put(BoundModifier.OPTIONAL, true);
        }
        return entry;
    }

    /** As the file has it: what it does not say of a model has no default. */
    private Map<String, Object> model(ConfigCursor section) {
        Map<String, Object> model = new LinkedHashMap<>();
        section.keys()
                .forEach(key -> model.put(
                        key.replace('_', '-'), shown(section.at('"' + key + '"').unwrapped())));
        return model;
    }

    private Map<String, Object> output(OutputSection section, boolean ownFormat) {
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("path", shown(section.path()));
        if (!ownFormat) {
            output.put("format", format(section.format()));
            output.put("max-shard-size", section.maxShardSize() + "B");
        }
        output.put("overwrite", section.folder().overwrite());
        output.put("digest", section.options().digest() ? "sha256" : "none");
        output.put("sync", section.options().sync());
        return output;
    }

    private static Object format(BoundPlug<StateDictFormat> format) {
        return format.options().isEmpty() ? format.id() : entry(format.id(), format.options());
    }

    private static Map<String, Object> entry(String type, Map<String, Object> options) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", type);
        entry.putAll(options);
        return entry;
    }

    private Object shown(Object value) {
        if (value instanceof String text) {
            return configuration.redaction().text(text);
        } else if (value instanceof List<?> list) {
            List<Object> shown = new ArrayList<>();
            list.forEach(element -> shown.add(shown(element)));
            return shown;
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> shown = new TreeMap<>();
            map.forEach((key, inner) -> shown.put((String) key, shown(inner)));
            return shown;
        }
        return value;
    }
}
