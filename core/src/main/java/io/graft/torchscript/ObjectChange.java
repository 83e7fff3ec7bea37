package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.torchscript.code.ClassEdit;
import io.graft.torchscript.code.ClassEdit.Around;
import io.graft.torchscript.code.ClassEdit.Field;
import io.graft.torchscript.code.ClassEdit.Kind;
import io.graft.torchscript.code.ClassText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one object of an archive gets and loses. */
final class ObjectChange {
    static final ClassEdit NONE = new ClassEdit(Map.of(), List.of(), Set.of(), Map.of(), List.of());

    private final Map<String, Kind> fields = new LinkedHashMap<>();
    private final Map<String, TensorValue> tensors = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();
    private final Map<String, List<String>> methods = new LinkedHashMap<>();
    private final Map<String, String> replaced = new LinkedHashMap<>();
    private final List<Around> around = new ArrayList<>();

    /** Adds a tensor. */
    void add(String field, Kind kind, TensorValue tensor) {
        fields.put(field, kind);
        tensors.put(field, tensor);
    }

    void remove(String field) {
        removed.add(field);
    }

    /**
     * Adds a method.
     *
     * @param body its lines
     */
    void add(String method, List<String> body) {
        methods.put(method, body);
    }

    /** Puts a method in the place of another one. */
    void add(Around method) {
        around.add(method);
    }

    /** Has a method called where a field is read. */
    void replace(String field, String method) {
        replaced.put(field, method);
    }

    /** Whether there is a field of that name among the new ones. */
    boolean has(String field) {
        return fields.containsKey(field);
    }

    ClassEdit edit() {
        return new ClassEdit(
                Map.of(),
                fields.entrySet().stream()
                        .map(field -> new Field(field.getKey(), field.getValue()))
                        .toList(),
                removed,
                methods,
                around);
    }

    /** The new tensors, by field. */
    Map<String, TensorValue> tensors() {
        return tensors;
    }

    Set<String> removed() {
        return removed;
    }

    /** Methods by the fields in whose place they are called. */
    Map<String, String> replaced() {
        return replaced;
    }

    /** A name for a method that has to give its own away. */
    static String freeName(ClassText type, String method) {
        int number = 0;
        while (type.has(method + "_" + number)) {
            number++;
        }
        return method + "_" + number;
    }
}
