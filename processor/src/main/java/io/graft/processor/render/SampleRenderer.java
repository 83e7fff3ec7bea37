package io.graft.processor.render;

import io.graft.processor.model.KeyModel;
import io.graft.processor.model.Literal;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A configuration with one entry for a modifier: required keys with a placeholder, the others commented out with their
 * default or their form. The entry appends to a list that is there already.
 */
final class SampleRenderer {
    private static final int WIDTH = 100;
    private static final String INDENT = "  ";

    private final ModifierModel modifier;
    private final Placeholders placeholders;

    private SampleRenderer(ModifierModel modifier) {
        this.modifier = modifier;
        this.placeholders = new Placeholders(modifier);
    }

    /** With what the modifier and its keys are for; {@code #key} is a key left out, {@code # text} a comment. */
    static String commented(ModifierModel modifier) {
        SampleRenderer renderer = new SampleRenderer(modifier);
        List<String> head = new ArrayList<>(TextLines.wrap(modifier.documentation(), "# ", "# ", WIDTH));
        if (renderer.keys().anyMatch(key -> !isRequired(key))) {
            head.add("# A key that is commented out shows its default or, where it has none, its form.");
        }
        return renderer.entry(head, key -> Stream.concat(Stream.of(""), renderer.comment(key)));
    }

    /** Without comments. */
    static String brief(ModifierModel modifier) {
        return new SampleRenderer(modifier).entry(List.of(), key -> Stream.empty());
    }

    private interface Comments {
        Stream<String> of(KeyModel key);
    }

    private String entry(List<String> head, Comments comments) {
        List<String> lines = new ArrayList<>(head);
        lines.add("graft.modifiers += {");
        lines.add(INDENT + "type = " + modifier.id().text());
        keys().forEach(key -> Stream.concat(comments.of(key), setting(key).lines())
                .map(line -> line.isEmpty() ? "" : INDENT + line)
                .forEach(lines::add));
        lines.add("}");
        return String.join("\n", lines) + "\n";
    }

    private Stream<KeyModel> keys() {
        return modifier.options().map(OptionsModel::keys).orElse(List.of()).stream();
    }

    private String setting(KeyModel key) {
        String value =
                key.defaultValue().map(Literal::text).map(DefaultValue::hocon).orElseGet(() -> placeholders.of(key));
        String setting = Placeholders.name(key) + " = " + value;
        return isRequired(key) ? setting : "#" + setting.replace("\n", "\n#");
    }

    private Stream<String> comment(KeyModel key) {
        Stream<String> nested = OptionFacts.below(modifier, key).stream()
                .flatMap(option ->
                        TextLines.wrap(option.path() + ": " + explanation(option), "#   ", "#     ", WIDTH).stream());
        return Stream.concat(
                TextLines.wrap(explanation(OptionFacts.of(modifier, key)), "# ", "# ", WIDTH).stream(), nested);
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
