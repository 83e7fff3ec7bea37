package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.torchscript.code.ClassEdit;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.MethodReads;
import io.graft.torchscript.code.MethodText;
import io.graft.torchscript.code.Replacement;
import io.graft.torchscript.notes.ScriptNotes.EditedClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Clones of the classes of edited objects, and of the objects that hold them: each class once for each way in which it is edited. The
 * classes themselves stay as they are, for other objects.
 */
final class ScriptClones {
    private final ScriptArchive archive;
    private final IdentityHashMap<Opaque, ObjectChange> changes;
    private final IdentityHashMap<Opaque, Optional<Global>> types = new IdentityHashMap<>();
    private final Map<Key, Global> clones = new HashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Set<String> edited = new HashSet<>();
    private final MethodReads<Opaque> reads;
    private final Map<String, EditedClass> notes = new LinkedHashMap<>();
    private int next;

    /** What makes two clones one. */
    private record Key(Global original, ClassEdit edit) {}

    /**
     * @param changes what happens to objects
     */
    ScriptClones(ScriptArchive archive, IdentityHashMap<Opaque, ObjectChange> changes) {
        this.archive = archive;
        this.changes = changes;
        Set<String> fields = new HashSet<>();
        changes.forEach((object, change) -> {
            fields.addAll(change.replaced().keySet());
            edited.add(archive.type(object).qualifiedName());
        });
        this.reads = new MethodReads<>(
                archive::child, (object, field) -> replaced(object).containsKey(field), fields);
    }

    /**
     * Makes the clones.
     *
     * @throws CodeRefusal if code cannot be edited
     */
    void make() {
        type(archive.root());
    }

    /** The new files of code, by their members' names. */
    Map<String, byte[]> files() {
        return files;
    }

    /** The objects that are of another class, with it. */
    IdentityHashMap<Opaque, Global> types() {
        IdentityHashMap<Opaque, Global> changed = new IdentityHashMap<>();
        types.forEach((object, type) -> type.ifPresent(clone -> changed.put(object, clone)));
        return changed;
    }

    /** How each class was edited, by the name of its clone. */
    Map<String, EditedClass> notes() {
        return notes;
    }

    private Map<String, Replacement> replaced(Opaque object) {
        ObjectChange change = changes.get(object);
        return change == null ? Map.of() : change.replaced();
    }

    /** The clone that an object is of from now on; empty if it stays what it is. */
    private Optional<Global> type(Opaque object) {
        Optional<Global> known = types.get(object);
        if (known == null) {
            known = clone(object);
            types.put(object, known);
        }
        return known;
    }

    private Optional<Global> clone(Opaque object) {
        Map<String, ClassEdit.Retyped> children = new LinkedHashMap<>();
        archive.fields(object)
                .forEach((field, child) -> type(child)
                        .ifPresent(clone -> children.put(
                                field,
                                new ClassEdit.Retyped(archive.type(child).qualifiedName(), clone.qualifiedName()))));
        ObjectChange change = changes.get(object);
        ClassEdit edit = (change == null ? ClassEdit.NONE : change.edit()).with(children);
        if (edit.isEmpty()) {
            return Optional.empty();
        }
        Key key = new Key(archive.type(object), edit);
        Global clone = clones.get(key);
        if (clone == null) {
            clone = write(object, edit);
            clones.put(key, clone);
        }
        return Optional.of(clone);
    }

    private Global write(Opaque object, ClassEdit edit) {
        Global type = archive.type(object);
        if (!(object.state() instanceof Mapping)) {
            throw new CodeRefusal("`" + type.name() + "` keeps its state in a way of its own");
        }
        ClassText original = text(type);
        if (original.isHooked()) {
            throw new CodeRefusal("`" + type.name() + "` has hooks");
        }
        for (String other : edited) {
            if (original.mentions(other + ".")) {
                throw new CodeRefusal("a method of `" + type.name() + "` names `" + other + "`");
            }
        }
        for (ClassEdit.Field field : edit.fields()) {
            if (original.has(field.name()) && !edit.removed().contains(field.name())) {
                throw new CodeRefusal("`" + type.name() + "` has a `" + field.name() + "` of its own");
            }
        }
        Global clone = new Global(ScriptClasses.freeModule(archive.members(), next), type.name());
        next = ScriptClasses.number(clone.module()) + 1;
        List<MethodText> methods = original.methods().stream()
                .map(method -> reads.rewrite(
                        method,
                        object,
                        type.name(),
                        (module, field) -> replaced(module).get(field)))
                .toList();
        String text = original.edited(edit, methods, clone.qualifiedName()).text();
        files.put(ScriptClasses.file(clone), text.getBytes(StandardCharsets.UTF_8));
        notes.put(clone.qualifiedName(), note(type, edit, replaced(object)));
        return clone;
    }

    private static EditedClass note(Global type, ClassEdit edit, Map<String, Replacement> replaced) {
        Map<String, String> whole = new LinkedHashMap<>();
        Map<String, String> product = new LinkedHashMap<>();
        List<String> beside = new ArrayList<>();
        replaced.forEach((field, by) -> {
            by.whole().ifPresent(method -> whole.put(method, field));
            by.product().ifPresent(method -> product.put(method, field));
            by.beside().ifPresent(beside::add);
        });
        return new EditedClass(
                type.qualifiedName(),
                edit.fields().stream().map(ClassEdit.Field::name).toList(),
                edit.removed().stream().sorted().toList(),
                whole,
                product,
                beside);
    }

    private ClassText text(Global type) {
        try {
            return archive.text(type);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
