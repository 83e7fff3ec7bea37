package io.graft.processor.discover;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Javadoc comment as plain text.
 *
 * @param description what stands before the first block tag
 * @param parameters the {@code @param} tags by name
 */
record JavadocText(String description, Map<String, String> parameters) {
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^[ \\t]*@(?=[a-z])");
    private static final Pattern PARAM = Pattern.compile("param\\s+([\\w$]+)\\s+(.*)", Pattern.DOTALL);
    private static final Pattern VERBATIM = Pattern.compile("\\{@(?:code|literal)\\s+((?:[^{}]|\\{[^{}]*\\})*)\\}");
    private static final Pattern LINK =
            Pattern.compile("\\{@link(?:plain)?\\s+([^\\s{}]+(?:\\([^)]*\\))?)(?:\\s+([^{}]+))?\\}");
    private static final Pattern OTHER_TAG = Pattern.compile("\\{@\\w+\\s*([^{}]*)\\}");
    private static final Pattern PARAGRAPH = Pattern.compile("(?i)\\s*<(?:p|ul|ol|/ul|/ol|li|br)\\s*/?>\\s*");
    private static final Pattern HTML = Pattern.compile("</?[a-zA-Z][^<>]*>");
    private static final Pattern SPACES = Pattern.compile("\\s+");

    JavadocText {
        parameters = Map.copyOf(parameters);
    }

    static JavadocText parse(String comment) {
        List<String> blocks = blocks(comment == null ? "" : comment);
        Map<String, String> parameters = new HashMap<>();
        for (String block : blocks.subList(1, blocks.size())) {
            Matcher tag = PARAM.matcher(block);
            if (tag.matches()) {
                parameters.put(tag.group(1), plain(tag.group(2)));
            }
        }
        return new JavadocText(plain(blocks.get(0)), parameters);
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    private static List<String> blocks(String comment) {
        List<String> blocks = new ArrayList<>();
        Matcher tag = BLOCK_TAG.matcher(comment);
        int from = 0;
        while (tag.find()) {
            blocks.add(comment.substring(from, tag.start()));
            from = tag.end();
        }
        blocks.add(comment.substring(from));
        return blocks;
    }

    private static String plain(String javadoc) {
        // What stands in {@code ...} is no HTML, so it is escaped until the tags are gone.
        String text = VERBATIM.matcher(javadoc).replaceAll(code -> Matcher.quoteReplacement(escape(code.group(1))));
        text = LINK.matcher(text).replaceAll(link -> Matcher.quoteReplacement(label(link.group(1), link.group(2))));
        text = OTHER_TAG.matcher(text).replaceAll("$1");
        text = PARAGRAPH.matcher(text).replaceAll(" ");
        text = HTML.matcher(text).replaceAll("");
        return unescape(SPACES.matcher(text).replaceAll(" ").strip());
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String label(String target, String label) {
        return Optional.ofNullable(label)
                .orElse(target.startsWith("#") ? target.substring(1) : target.replace('#', '.'));
    }

    private static String unescape(String text) {
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&nbsp;", " ")
                .replace("&#64;", "@")
                .replace("&amp;", "&");
    }
}
