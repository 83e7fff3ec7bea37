package io.graft.processor.render;

import io.graft.processor.model.Literal;
import io.graft.processor.model.ModifierModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference page of a modifier, in Markdown. */
final class PageRenderer {
    private static final int WIDTH = 120;
    private static final String ROW = "| %s | %s | %s | %s | %s |";

    private PageRenderer() {}

    static String render(ModifierModel modifier) {
        List<String> lines = new ArrayList<>();
        lines.add("<!-- Generated from the Javadoc of " + modifier.type().canonicalName() + "; change it there. -->");
        lines.add("");
        lines.add("# " + modifier.id().text());
        lines.add("");
        if (!modifier.documentation().isEmpty()) {
            lines.addAll(TextLines.wrap(Markdown.escape(modifier.documentation()), "", "", WIDTH));
            lines.add("");
        }
        lines.addAll(TextLines.wrap(names(modifier), "", "", WIDTH));
        lines.add("");
        lines.add("```hocon");
        lines.addAll(SampleRenderer.brief(modifier).lines().toList());
        lines.add("```");
        lines.addAll(options(modifier));
        return String.join("\n", lines) + "\n";
    }

    private static String names(ModifierModel modifier) {
        String others = modifier.aliases().stream()
                .map(Literal::text)
                .map(Markdown::code)
                .collect(Collectors.joining(", "));
        return "Class " + Markdown.code(modifier.type().binaryName())
                + (others.isEmpty() ? "." : "; it is also found under the name " + others + ".");
    }

    private static List<String> options(ModifierModel modifier) {
        List<OptionFacts> options = OptionFacts.all(modifier);
        if (options.isEmpty()) {
            return List.of("", "It has no options.");
        }
        List<String> lines = new ArrayList<>(List.of("", "## Options", ""));
        lines.add(ROW.formatted("key", "type", "default", "must be", "what it is"));
        lines.add("|---|---|---|---|---|");
        options.forEach(option -> lines.add(row(option)));
        return lines;
    }

    private static String described(OptionFacts option) {
        return Stream.concat(Stream.of(option.documentation()), option.remarks().stream())
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("; "));
    }

    private static String row(OptionFacts option) {
        return ROW.formatted(
                Markdown.code(option.path()),
                Markdown.escape(option.type()),
                option.defaultValue().map(Markdown::code).orElse(option.required() ? "required" : "none"),
                Markdown.escape(String.join(", ", option.constraints())),
                Markdown.escape(described(option)));
    }
}
