package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * A method of a class of an archive, as text.
 *
 * @param name the method's name
 * @param parameters what it takes, the object itself first
 * @param head its lines up to the colon behind the types
 * @param body its lines after them
 */
public record MethodText(String name, List<Parameter> parameters, List<String> head, List<String> body) {
    private static final String DEF = "def ";
    private static final String TENSOR = "Tensor";

    public MethodText {
        parameters = List.copyOf(parameters);
        head = List.copyOf(head);
        body = List.copyOf(body);
    }

    /**
     * Something that a method takes.
     *
     * @param type as it is written; empty if it is not
     * @param optional whether it has a value of its own
     */
    public record Parameter(String name, String type, boolean optional) {
        /** A tensor. */
        public static Parameter tensor(String name) {
            return new Parameter(name, TENSOR, false);
        }

        /** A tensor, or none. */
        public static Parameter tensorOrNone(String name) {
            return new Parameter(name, "Optional[" + TENSOR + "]", false);
        }
    }

    /**
     * A new method.
     *
     * @param type full name of the class
     */
    static MethodText of(ClassEdit.NewMethod method, String type, String indentation) {
        StringBuilder head = new StringBuilder("  def " + method.name() + "(self: " + type);
        List<Parameter> parameters = new ArrayList<>(List.of(new Parameter("self", type, false)));
        for (Parameter argument : method.arguments()) {
            head.append(", ").append(argument.name()).append(": ").append(argument.type());
            parameters.add(argument);
        }
        return new MethodText(
                method.name(),
                parameters,
                List.of(head.append(") -> ").append(method.type()).append(':').toString()),
                method.body().stream().map(line -> indentation + line).toList());
    }

    /** A method of the same name and arguments that does something else. */
    MethodText doing(List<String> lines, String indentation) {
        return new MethodText(
                name,
                parameters,
                head,
                lines.stream().map(line -> indentation + line).toList());
    }

    /** The same under another name. */
    public MethodText named(String other) {
        List<String> renamed = new ArrayList<>(head);
        renamed.set(0, renamed.get(0).replace(DEF + name + "(", DEF + other + "("));
        return new MethodText(other, parameters, renamed, body);
    }

    /**
     * @param lines from {@code def} on
     */
    static MethodText parse(List<String> lines) {
        int end = 1;
        int open = depth(lines.get(0));
        while (end < lines.size() && (open > 0 || !lines.get(end - 1).endsWith(":"))) {
            open += depth(lines.get(end));
            end++;
        }
        List<String> head = lines.subList(0, end);
        String text = String.join(" ", head.stream().map(String::strip).toList());
        int from = text.indexOf('(');
        String name = text.substring(text.indexOf(DEF) + DEF.length(), from);
        return new MethodText(name, parameters(text, from + 1), head, lines.subList(end, lines.size()));
    }

    private static int depth(String line) {
        int depth = 0;
        for (int i = 0; i < line.length(); i++) {
            depth += step(line.charAt(i));
        }
        return depth;
    }

    /** How many brackets deeper the text is behind a character. */
    static int step(char character) {
        return switch (character) {
            case '(', '[', '{' -> 1;
            case ')', ']', '}' -> -1;
            default -> 0;
        };
    }

    private static List<Parameter> parameters(String text, int from) {
        List<Parameter> parameters = new ArrayList<>();
        int depth = 0;
        int start = from;
        for (int at = from; at < text.length() && depth >= 0; at++) {
            boolean ends = depth == 0 && (text.charAt(at) == ',' || text.charAt(at) == ')');
            if (ends && !text.substring(start, at).isBlank()) {
                parameters.add(parameter(text.substring(start, at).strip()));
            }
            start = ends ? at + 1 : start;
            depth += step(text.charAt(at));
        }
        return parameters;
    }

    private static Parameter parameter(String text) {
        int colon = text.indexOf(':');
        int equals = text.indexOf('=', Math.max(colon, 0));
        String typed = equals < 0 ? text : text.substring(0, equals);
        return colon < 0
                ? new Parameter(typed.strip(), "", equals >= 0)
                : new Parameter(
                        typed.substring(0, colon).strip(),
                        typed.substring(colon + 1).strip(),
                        equals >= 0);
    }

    /** Whether it gives one tensor. */
    public boolean givesOne() {
        return gives().equals(TENSOR);
    }

    /** How many tensors it gives; empty if its types tell of anything else. */
    public OptionalInt tensors() {
        String tuple = gives().replaceFirst("^Tuple\\[(.*)]$", "$1");
        String[] each = tuple.split(",\\s*");
        return Arrays.stream(each).allMatch(TENSOR::equals) ? OptionalInt.of(each.length) : OptionalInt.empty();
    }

    private String gives() {
        String text = String.join(" ", head.stream().map(String::strip).toList());
        return text.substring(text.lastIndexOf("->") + 2, text.lastIndexOf(':')).strip();
    }

    /** What the method calls the object itself. */
    public String receiver() {
        return parameters.isEmpty() ? "" : parameters.get(0).name();
    }
}
