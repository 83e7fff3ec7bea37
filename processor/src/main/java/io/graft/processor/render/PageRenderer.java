package io.graft.processor.render;

import io.graft.processor.model.Literal;
import io.graft.processor.model.PlugModel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference page of a plug, in Markdown. */
final class PageRenderer {
    private static final int WIDTH = 120;
    private static final String ROW = "| %s | %s | %s | %s | %s |";

    private PageRenderer() {}

    static String render(PlugModel plug) {
        List<String> lines = new ArrayList<>();
        lines.add("<!-- Generated from the Javadoc of " + plug.type().canonicalName() + "; change it there. -->");
        lines.add("");
        lines.add("# " + plug.id().text());
        lines.add("");
        if (!plug.documentation().isEmpty()) {
            lines.addAll(TextLines.wrap(Markdown.escape(plug.documentation()), "", "", WIDTH));
            lines.add("");
        }
        lines.addAll(TextLines.wrap(names(plug), "", "", WIDTH));
        lines.add("");
        lines.add("```hocon");
        lines.addAll(SampleRenderer.brief(plug).lines().toList());
        lines.add("```");
        lines.addAll(options(plug));
        return String.join("\n", lines) + "\n";
    }

    private static String names(PlugModel plug) {
        String others =
                plug.aliases().stream().map(Literal::text).map(Markdown::code).collect(Collectors.joining(", "));
        return "Class " + Markdown.code(plug.type().binaryName())
                + (others.isEmpty() ? "." : "; it is also found under the name " + others + ".");
    }

    private static List<String> options(PlugModel plug) {
        List<OptionFacts> options = OptionFacts.all(plug);
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
