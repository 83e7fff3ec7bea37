package io.graft.cli.page;

import java.util.ArrayList;
import java.util.List;

/**
 * A fenced block of a Markdown file.
 *
 * @param language the first word after the fence; may be empty
 * @param mark the words after it
 * @param line where its text begins in the file, from 1
 */
public record Fence(String language, String mark, int line, String text) {
    private static final String TICKS = "```";

    /** The fenced blocks of a file, in order. */
    public static List<Fence> of(String markdown) {
        List<Fence> fences = new ArrayList<>();
        List<String> lines = markdown.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(TICKS)) {
                int begin = i + 1;
                do {
                    i++;
                } while (!lines.get(i).equals(TICKS));
                String[] words = (lines.get(begin - 1).substring(TICKS.length()).strip() + " ").split(" ", 2);
                String text = String.join("\n", lines.subList(begin, i)) + "\n";
                fences.add(new Fence(words[0], words[1].strip(), begin + 1, text));
            }
        }
        return fences;
    }
}
