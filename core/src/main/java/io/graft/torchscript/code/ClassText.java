package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A class of an archive's code, as text.
 *
 * @param name its last name
 * @param header its lines from {@code class} to before the first method
 * @param methods in order
 */
record ClassText(String name, List<String> header, List<MethodText> methods) {
    private static final String CLASS = "class ";
    private static final String METHOD = "  def ";

    ClassText {
        header = List.copyOf(header);
        methods = List.copyOf(methods);
    }

    /** A class of a file; empty if the file has none of the name. */
    static Optional<ClassText> find(String file, String name) {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : (Iterable<String>) file.lines()::iterator) {
            if (!line.isEmpty() && line.charAt(0) != ' ') {
                inside = line.startsWith(CLASS + name + "(");
            }
            if (inside) {
                lines.add(line);
            }
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of(parse(name, lines));
    }

    private static ClassText parse(String name, List<String> lines) {
        List<List<String>> parts = new ArrayList<>(List.of(new ArrayList<>()));
        for (String line : lines) {
            if (line.startsWith(METHOD)) {
                parts.add(new ArrayList<>());
            }
            parts.get(parts.size() - 1).add(line);
        }
        return new ClassText(
                name,
                parts.get(0),
                parts.subList(1, parts.size()).stream().map(MethodText::parse).toList());
    }

    /** The method of a name. */
    Optional<MethodText> method(String wanted) {
        return methods.stream().filter(method -> method.name().equals(wanted)).findFirst();
    }
}
