package io.graft.config.hocon;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a configuration back from the text that the library makes of one whose substitutions are not resolved: JSON, but for
 * {@code ${a.b}}, values side by side, and keys that are there several times. The library's own classes for these are closed.
 */
final class WrittenTree {
    private final String text;
    private final Set<List<String>> references = new HashSet<>();
    private int position;

    private WrittenTree(String text) {
        this.text = text;
    }

    /** The root of a text, whose references are added to a set. */
    static Written.Members read(String text, Set<List<String>> references) {
        WrittenTree tree = new WrittenTree(text);
        tree.position = 1;
        Written.Members root = tree.members();
        references.addAll(tree.references);
        return root;
    }

    /** The members of an object, to its closing brace. */
    private Written.Members members() {
        Map<String, List<Written>> members = new LinkedHashMap<>();
        while (!ended() && !skip('}')) {
            String key = quoted();
            skip(':');
            members.computeIfAbsent(key, absent -> new ArrayList<>()).add(value());
            skip(',');
        }
        return new Written.Members(members);
    }

    private Written elements() {
        List<Written> elements = new ArrayList<>();
        while (!ended() && !skip(']')) {
            elements.add(value());
            skip(',');
        }
        return new Written.Several(true, elements);
    }

    private Written value() {
        List<Written> pieces = new ArrayList<>();
        while (!ended() && ",}]".indexOf(text.charAt(position)) < 0) {
            pieces.add(piece());
        }
        return pieces.size() == 1 ? pieces.get(0) : new Written.Several(false, pieces);
    }

    private Written piece() {
        if (skip('{')) {
            return members();
        } else if (skip('[')) {
            return elements();
        } else if (text.startsWith("${", position)) {
            return reference();
        } else if (text.charAt(position) == '"') {
            return new Written.Scalar(quoted().length());
        }
        int start = position++;
        while (!ended() && ",}]\"$[{".indexOf(text.charAt(position)) < 0) {
            position++;
        }
        return new Written.Scalar(position - start);
    }

    /** A path, whose steps are in quotes where they are no plain words. */
    private Written reference() {
        position += text.startsWith("${?", position) ? 3 : 2;
        List<String> steps = new ArrayList<>();
        while (!ended() && !skip('}')) {
            if (text.charAt(position) == '"') {
                steps.add(quoted());
            } else {
                int start = position++;
                while (!ended() && ".}".indexOf(text.charAt(position)) < 0) {
                    position++;
                }
                steps.add(text.substring(start, position));
            }
            skip('.');
        }
        references.add(List.copyOf(steps));
        return new Written.Reference(List.copyOf(steps));
    }

    /** A text in quotes, as JSON writes it; what an escape stands for does not matter. */
    private String quoted() {
        int start = ++position;
        while (!ended() && text.charAt(position) != '"') {
            position += text.charAt(position) == '\\' ? 2 : 1;
        }
        String content = text.substring(start, Math.min(position, text.length()));
        position++;
        return content;
    }

    private boolean skip(char c) {
        boolean there = !ended() && text.charAt(position) == c;
        position += there ? 1 : 0;
        return there;
    }

    private boolean ended() {
        return position >= text.length();
    }
}
