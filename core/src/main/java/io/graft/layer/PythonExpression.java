package io.graft.layer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A regular expression of Python as one of Java: named groups, their repetitions, comments and the end of the text are written
 * otherwise there, and Java reads {@code [} and {@code &&} inside a class as more than characters.
 *
 * @param java the same expression for Java
 * @param places where each character of it comes from
 */
record PythonExpression(String java, List<Integer> places) {
    static PythonExpression of(String text) {
        return new Translation(text).run();
    }

    /** The place in Python's expression of a place in Java's; below 0 if there is none. */
    int placeOf(int index) {
        return index < 0 || places.isEmpty() ? -1 : places.get(Math.min(index, places.size() - 1));
    }

    private static final class Translation {
        private final String text;
        private final StringBuilder java = new StringBuilder();
        private final List<Integer> places = new ArrayList<>();
        private final Map<String, String> groups = new LinkedHashMap<>();
        private int at;
        private boolean inClass;

        Translation(String text) {
            this.text = text;
        }

        PythonExpression run() {
            while (at < text.length()) {
                if (text.charAt(at) == '\\') {
                    escape();
                } else if (inClass) {
                    member();
                } else if (text.startsWith("(?", at)) {
                    group();
                } else {
                    inClass = text.charAt(at) == '[';
                    boolean negated = inClass && text.startsWith("^", at + 1);
                    copy(negated ? 2 : 1);
                    if (inClass && text.startsWith("]", at)) {
                        put("\\]", 1);
                    }
                }
            }
            return new PythonExpression(java.toString(), List.copyOf(places));
        }

        private void escape() {
            if (text.startsWith("\\Z", at)) {
                put("\\z", 2);
            } else {
                copy(Math.min(2, text.length() - at));
            }
        }

        private void member() {
            char member = text.charAt(at);
            if (member == '[' || member == '&') {
                put("\\" + member, 1);
            } else {
                inClass = member != ']';
                copy(1);
            }
        }

        private void group() {
            if (text.startsWith("(?P<", at)) {
                String name = upTo('>', at + 4);
                groups.putIfAbsent(name, "g" + groups.size());
                put("(?<" + groups.get(name) + ">", name.length() + 5);
            } else if (text.startsWith("(?P=", at)) {
                String name = upTo(')', at + 4);
                put("\\k<" + groups.getOrDefault(name, name) + ">", name.length() + 5);
            } else if (text.startsWith("(?#", at)) {
                at += upTo(')', at + 3).length() + 4;
            } else {
                copy(2);
            }
        }

        private String upTo(char end, int from) {
            int close = text.indexOf(end, from);
            return close < 0 ? text.substring(from) : text.substring(from, close);
        }

        private void copy(int count) {
            for (int i = 0; i < count; i++) {
                put(text.substring(at, at + 1), 1);
            }
        }

        private void put(String written, int read) {
            for (int i = 0; i < written.length(); i++) {
                places.add(at);
            }
            java.append(written);
            at += read;
        }
    }
}
