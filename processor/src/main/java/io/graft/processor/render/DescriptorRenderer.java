package io.graft.processor.render;

import io.graft.processor.model.FormerKeyModel;
import io.graft.processor.model.Literal;
import io.graft.processor.model.PlugModel;
import io.graft.registry.ApiLevel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The descriptor as a document, for tools that do not run Java. */
final class DescriptorRenderer {
    private DescriptorRenderer() {}

    static Map<String, Object> render(PlugModel plug) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("id", plug.id().text());
        descriptor.put("aliases", plug.aliases().stream().map(Literal::text).toList());
        descriptor.put("class", plug.type().binaryName());
        descriptor.put("api-level", ApiLevel.NEWEST);
        descriptor.put("documentation", plug.documentation());
        descriptor.put(
                "options",
                OptionFacts.all(plug).stream().map(DescriptorRenderer::option).toList());
        return descriptor;
    }

    private static List<String> texts(Stream<Literal> literals) {
        return literals.map(Literal::text).toList();
    }

    private static Map<String, Object> option(OptionFacts option) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("key", option.path());
        descriptor.put("type", option.type());
        descriptor.put("required", option.required());
        option.defaultValue().ifPresent(value -> descriptor.put("default", value));
        descriptor.put("constraints", option.constraints());
        if (!option.life().aliases().isEmpty()) {
            descriptor.put("aliases", texts(option.life().aliases().stream()));
        }
        if (!option.life().former().isEmpty()) {
            descriptor.put("former-keys", texts(option.life().former().stream().map(FormerKeyModel::name)));
        }
        option.life().secret().ifPresent(at -> descriptor.put("secret", true));
        descriptor.put("documentation", option.documentation());
        return descriptor;
    }
}
