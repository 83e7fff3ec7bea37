package io.graft.processor.render;

import io.graft.processor.model.KeyModel;
import io.graft.processor.model.Literal;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.registry.PlugKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A configuration with one entry for a plug: required keys with a placeholder, the others commented out with their
 * default or their form. The entry appends to a list that is there already.
 */
final class SampleRenderer {
    private static final int WIDTH = 100;
    private static final String INDENT = "  ";

    private final PlugModel plug;
    private final Placeholders placeholders;

    private SampleRenderer(PlugModel plug) {
        this.plug = plug;
        this.placeholders = new Placeholders(plug);
    }

    /** With what the plug and its keys are for; {@code #key} is a key left out, {@code # text} a comment. */
    static String commented(PlugModel plug) {
        SampleRenderer renderer = new SampleRenderer(plug);
        List<String> head = new ArrayList<>(TextLines.wrap(plug.documentation(), "# ", "# ", WIDTH));
        if (renderer.keys().anyMatch(key -> !isRequired(key))) {
            head.add("# A key that is commented out shows its default or, where it has none, its form.");
        }
        return renderer.entry(head, key -> Stream.concat(Stream.of(""), renderer.comment(key)));
    }

    /** Without comments. */
    static String brief(PlugModel plug) {
        return new SampleRenderer(plug).entry(List.of(), key -> Stream.empty());
    }

    private interface Comments {
        Stream<String> of(KeyModel key);
    }

    private String entry(List<String> head, Comments comments) {
        List<String> lines = new ArrayList<>(head);
        lines.add(opening());
        if (!plug.kind().namingKeys().isEmpty()) {
            lines.add(INDENT + "type = " + plug.id().text());
        }
        if (plug.kind() == PlugKind.MIGRATION) {
            lines.add(INDENT + "id = my-" + plug.id().text());
        }
        List<String> settings = keys().flatMap(
                        key -> Stream.concat(comments.of(key), setting(key).lines()))
                .map(line -> line.isEmpty() ? "" : INDENT + line)
                .toList();
        boolean beginsEmpty =
                plug.kind().namingKeys().isEmpty() && settings.get(0).isEmpty();
        lines.addAll(beginsEmpty ? settings.subList(1, settings.size()) : settings);
        lines.add("}");
        return String.join("\n", lines) + "\n";
    }

    private String opening() {
        if (plug.kind() == PlugKind.MODIFIER) {
            return "graft.modifiers += {";
        }
        if (plug.kind() == PlugKind.SECTION) {
            return "graft." + plug.id().text() + " {";
        }
        if (plug.kind() == PlugKind.MIGRATION) {
            return "graft.migrations.steps += {";
        }
        return plug.kind() == PlugKind.MODEL_TARGET ? "graft.model {" : "graft.output.format {";
    }

    private Stream<KeyModel> keys() {
        return plug.options().map(OptionsModel::keys).orElse(List.of()).stream();
    }

    private String setting(KeyModel key) {
        String value =
                key.defaultValue().map(Literal::text).map(DefaultValue::hocon).orElseGet(() -> placeholders.of(key));
        String setting = Placeholders.name(key) + " = " + value;
        return isRequired(key) ? setting : "#" + setting.replace("\n", "\n#");
    }

    private Stream<String> comment(KeyModel key) {
        Stream<String> nested = OptionFacts.below(plug, key).stream()
                .flatMap(option ->
                        TextLines.wrap(option.path() + ": " + explanation(option), "#   ", "#     ", WIDTH).stream());
        return Stream.concat(
                TextLines.wrap(explanation(OptionFacts.of(plug, key)), "# ", "# ", WIDTH).stream(), nested);
    }

    private static String explanation(OptionFacts option) {
        List<String> facts = new ArrayList<>();
        if (option.required()) {
            facts.add("required");
        }
        facts.add(option.type());
        facts.addAll(option.constraints());
        facts.addAll(option.remarks());
        String all = "(" + String.join(", ", facts) + ")";
        return option.documentation().isEmpty() ? all : option.documentation() + " " + all;
    }

    private static boolean isRequired(KeyModel key) {
        return key.absence() == KeyModel.Absence.REQUIRED;
    }
}
