package io.graft.torchscript.code;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How a class's clone differs from the class.
 *
 * @param children fields that hold an object of a clone, with the clone's full name
 * @param fields new fields, which come last
 * @param removed fields that the clone lacks
 * @param methods new methods, which come last
 * @param around methods that stand in the place of those of their names, and call them by other ones
 */
public record ClassEdit(
        Map<String, Retyped> children,
        List<Field> fields,
        Set<String> removed,
        List<NewMethod> methods,
        List<Around> around) {
    /** The class as it is. */
    public static final ClassEdit NONE = new ClassEdit(Map.of(), List.of(), Set.of(), List.of(), List.of());

    public ClassEdit {
        children = Collections.unmodifiableMap(new LinkedHashMap<>(children));
        fields = List.copyOf(fields);
        removed = Set.copyOf(removed);
        methods = List.copyOf(methods);
        around = List.copyOf(around);
    }

    /**
     * A method that stands in the place of another one, with its arguments.
     *
     * @param method the name of both
     * @param inner the other one's name from now on
     * @param body lines without indentation
     */
    public record Around(String method, String inner, List<String> body) {
        public Around {
            body = List.copyOf(body);
        }
    }

    /** A type that another one stands for. */
    public record Retyped(String from, String to) {}

    /**
     * A new method.
     *
     * @param arguments what it takes beside the object itself, which is {@code self}
     * @param body lines without indentation
     * @param type of what it gives, as code has it
     */
    public record NewMethod(String name, List<MethodText.Parameter> arguments, List<String> body, String type) {
        /** A method that gives a tensor. */
        public NewMethod(String name, List<MethodText.Parameter> arguments, List<String> body) {
            this(name, arguments, body, "Tensor");
        }

        public NewMethod {
            arguments = List.copyOf(arguments);
            body = List.copyOf(body);
        }
    }

    /** What a field is to the module. */
    public enum Kind {
        PARAMETER("  __parameters__ = ["),
        BUFFER("  __buffers__ = ["),
        /** Neither; PyTorch calls it an attribute. */
        ATTRIBUTE("");

        private final String list;

        Kind(String list) {
            this.list = list;
        }

        String list() {
            return list;
        }
    }

    /**
     * A new field.
     *
     * @param type as code has it: {@code Tensor}
     */
    public record Field(String name, Kind kind, String type) {}

    /** The same for an object with these children. */
    public ClassEdit with(Map<String, Retyped> other) {
        return new ClassEdit(other, fields, removed, methods, around);
    }

    /** Whether the clone would be the class. */
    public boolean isEmpty() {
        return children.isEmpty() && fields.isEmpty() && removed.isEmpty() && methods.isEmpty() && around.isEmpty();
    }

    /** The header of the clone. */
    List<String> header(List<String> header) {
        List<String> edited = new ArrayList<>();
        for (String line : header) {
            if (removed.stream().noneMatch(name -> line.startsWith(FieldText.declaration(name, "")))) {
                edited.add(listed(retyped(line)));
            }
        }
        fields.forEach(field -> edited.add(FieldText.declaration(field.name(), field.type())));
        return edited;
    }

    /** An interface in the place of a child's class stays. */
    private String retyped(String line) {
        for (Map.Entry<String, Retyped> child : children.entrySet()) {
            if (line.equals(
                    FieldText.declaration(child.getKey(), child.getValue().from()))) {
                return FieldText.declaration(child.getKey(), child.getValue().to());
            }
        }
        return line;
    }

    private String listed(String line) {
        String list = line;
        for (Kind kind : List.of(Kind.PARAMETER, Kind.BUFFER)) {
            if (list.startsWith(kind.list())) {
                for (String name : removed) {
                    list = list.replace(FieldText.quoted(name) + ", ", "");
                }
                StringBuilder more = new StringBuilder(list.substring(0, list.lastIndexOf(']')));
                fields.stream()
                        .filter(field -> field.kind() == kind)
                        .forEach(field ->
                                more.append(FieldText.quoted(field.name())).append(", "));
                list = more.append(']').toString();
            }
        }
        return list;
    }
}
