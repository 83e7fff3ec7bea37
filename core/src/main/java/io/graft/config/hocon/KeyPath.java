package io.graft.config.hocon;

import io.graft.problem.Printable;
import io.graft.problem.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The way to a value: {@code graft.modifiers[0].rank}, {@code graft.modifiers.0.rank}, {@code rename."encoder.layer"}.
 *
 * @param steps keys and positions; a position is a key of digits until it meets a list
 */
public record KeyPath(List<String> steps) {
    /** A step that stands for each element of a list, or each key. */
    public static final String EACH = "*";

    public KeyPath {
        steps = List.copyOf(steps);
    }

    /**
     * Parses a path.
     *
     * @throws IllegalArgumentException if it has an empty step or an open bracket or quote
     */
    public static KeyPath parse(String text) {
        List<String> steps = new ArrayList<>();
        int position = 0;
        boolean afterDot = true;
        while (position < text.length()) {
            char c = text.charAt(position);
            int end;
            if (c == '[' && (!afterDot || position == 0)) {
                end = closing(text, ']', position);
                steps.add(text.substring(position + 1, end));
                end++;
            } else if (c == '"') {
                end = closing(text, '"', position);
                steps.add(text.substring(position + 1, end));
                end++;
            } else if (c == '.' && !afterDot) {
                afterDot = true;
                position++;
                continue;
            } else {
                end = position;
                while (end < text.length() && text.charAt(end) != '.' && text.charAt(end) != '[') {
                    end++;
                }
                if (end == position) {
                    throw new IllegalArgumentException("`" + text + "` has an empty key");
                }
                steps.add(text.substring(position, end));
            }
            afterDot = false;
            position = end;
        }
        if (afterDot) {
            throw new IllegalArgumentException("`" + text + "` has an empty key");
        }
        return new KeyPath(steps);
    }

    /**
     * Whether one of two paths leads to what is at the other or inside of it, in whatever spelling.
     *
     * @param other in which {@value #EACH} stands for any step
     */
    boolean meets(KeyPath other) {
        int common = Math.min(steps.size(), other.steps.size());
        return IntStream.range(0, common)
                .allMatch(i -> other.steps.get(i).equals(EACH)
                        || Spelling.kebab(steps.get(i)).equals(Spelling.kebab(other.steps.get(i))));
    }

    /** The path as text. */
    String text() {
        return after(0).replaceFirst("^\\.", "");
    }

    /** The end of a path's text, from one of its steps on, with what separates it from the step before. */
    String after(int first) {
        return steps.subList(first, steps.size()).stream()
                .map(step -> isPosition(step) ? "[" + step + "]" : "." + quoteIfNeeded(step))
                .collect(Collectors.joining());
    }

    /** Whether a step can be the position of a list's element. */
    public static boolean isPosition(String step) {
        return !step.isEmpty() && step.length() <= 9 && step.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** A key as a path spells it: in quotes where it would be read as several. */
    public static String quoteIfNeeded(String key) {
        boolean plain = !key.isEmpty() && key.chars().noneMatch(c -> c == '.' || c == '[' || c == '"' || c <= ' ');
        return plain ? key : '"' + Printable.of(key) + '"';
    }

    private static int closing(String text, char bracket, int from) {
        int end = text.indexOf(bracket, from + 1);
        if (end < 0) {
            throw new IllegalArgumentException("`" + text + "` has no closing `" + bracket + "`");
        }
        return end;
    }
}
