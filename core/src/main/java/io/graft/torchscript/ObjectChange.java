package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.torchscript.code.ClassEdit;
import io.graft.torchscript.code.ClassEdit.Around;
import io.graft.torchscript.code.ClassEdit.Field;
import io.graft.torchscript.code.ClassEdit.Kind;
import io.graft.torchscript.code.ClassEdit.NewMethod;
import io.graft.torchscript.code.Replacement;
import io.graft.torchscript.pickle.ObjectEdit.Made;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one object of an archive gets and loses. */
final class ObjectChange {
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final Map<String, PickleValue> values = new LinkedHashMap<>();
    private final Map<String, Made> made = new LinkedHashMap<>();
    private final Set<String> removed = new HashSet<>();
    private final List<NewMethod> methods = new ArrayList<>();
    private final List<Around> around = new ArrayList<>();
    private final Map<String, Replacement> replaced = new LinkedHashMap<>();

    /** Adds a tensor. */
    void add(String field, Kind kind, TensorValue tensor) {
        fields.put(field, new Field(field, kind, "Tensor"));
        values.put(field, tensor);
    }

    /** Adds a text, which is part of no state dict. */
    void add(String field, String text) {
        fields.put(field, new Field(field, Kind.ATTRIBUTE, "str"));
        values.put(field, new Text(text));
    }

    /** Adds an object that makes itself of tensors when the program is loaded, and is part of no state dict. */
    void add(String field, Made object) {
        fields.put(field, new Field(field, Kind.ATTRIBUTE, object.type().qualifiedName()));
        made.put(field, object);
    }

    void remove(String field) {
        removed.add(field);
    }

    void add(NewMethod method) {
        methods.add(method);
    }

    /** Puts a method in the place of another one. */
    void add(Around method) {
        around.add(method);
    }

    /** Has methods called where a field is read. */
    void replace(String field, Replacement replacement) {
        replaced.put(field, replacement);
    }

    /** Whether there is a field of that name among the new ones. */
    boolean has(String field) {
        return fields.containsKey(field);
    }

    ClassEdit edit() {
        return new ClassEdit(Map.of(), List.copyOf(fields.values()), removed, methods, around);
    }

    /** The new values, by field. */
    Map<String, PickleValue> values() {
        return values;
    }

    /** The new objects, by field. */
    Map<String, Made> made() {
        return made;
    }

    Set<String> removed() {
        return removed;
    }

    /** What takes the place of reading fields. */
    Map<String, Replacement> replaced() {
        return replaced;
    }
}
