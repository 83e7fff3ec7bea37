package io.graft.processor.render;

import java.util.ArrayList;
import java.util.List;

/** Text broken into lines between words. */
final class TextLines {
    private TextLines() {}

    /** Lines of at most {@code width} characters, but for a word that is longer; none of an empty text. */
    static List<String> wrap(String text, String first, String further, int width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : text.strip().split("\\s+")) {
            String longer = line.isEmpty() ? first + word : line + " " + word;
            if (!line.isEmpty() && longer.length() > width) {
                lines.add(line);
                longer = further + word;
            }
            line = longer;
        }
        lines.add(line);
        return text.isBlank() ? List.of() : List.copyOf(lines);
    }
}
