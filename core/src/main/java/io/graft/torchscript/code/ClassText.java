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
public record ClassText(String name, List<String> header, List<MethodText> methods) {
    private static final String CLASS = "class ";
    private static final String METHOD = "  def ";
    private static final String INDENTATION = "    ";

    public ClassText {
        header = List.copyOf(header);
        methods = List.copyOf(methods);
    }

    /** A class of a file; empty if the file has none of the name. */
    public static Optional<ClassText> find(String file, String name) {
        List<String> lines = new ArrayList<>();
        boolean inside = false;
        for (String line : (Iterable<String>) file.lines()::iterator) {
            if (!line.isEmpty() && line.charAt(0) != ' ') {
                inside = line.startsWith(CLASS + name + "(") || line.startsWith(CLASS + name + ":");
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
    public Optional<MethodText> method(String wanted) {
        return methods.stream().filter(method -> method.name().equals(wanted)).findFirst();
    }

    /** Whether functions are called before or after its methods. */
    public boolean isHooked() {
        return header.stream()
                .anyMatch(line -> line.startsWith("  __forward_hooks__ = [\"")
                        || line.startsWith("  __forward_pre_hooks__ = [\""));
    }

    /** Whether the class, or a method of it, has a name. */
    public boolean has(String wanted) {
        return method(wanted).isPresent()
                || header.stream().anyMatch(line -> line.startsWith(FieldText.declaration(wanted, "")));
    }

    /** Whether a method mentions a text. */
    public boolean mentions(String text) {
        return methods.stream().flatMap(method -> method.body().stream()).anyMatch(line -> line.contains(text));
    }

    /**
     * A clone of the class.
     *
     * @param rewritten its methods as the clone has them
     * @param type full name of the clone
     */
    public ClassText edited(ClassEdit edit, List<MethodText> rewritten, String type) {
        List<MethodText> all = new ArrayList<>();
        for (MethodText method : rewritten) {
            Optional<ClassEdit.Around> around = edit.around().stream()
                    .filter(each -> each.method().equals(method.name()))
                    .findFirst();
            all.add(around.map(each -> method.named(each.inner())).orElse(method));
            around.ifPresent(each -> all.add(method.doing(each.body(), INDENTATION)));
        }
        edit.methods().forEach(method -> all.add(MethodText.of(method, type, INDENTATION)));
        return new ClassText(name, edit.header(header), all);
    }

    /** The text of a file with the class. */
    public String text() {
        StringBuilder text = new StringBuilder();
        header.forEach(line -> text.append(line).append('\n'));
        for (MethodText method : methods) {
            method.head().forEach(line -> text.append(line).append('\n'));
            method.body().forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }
}
