package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.torchscript.code.ClassEdit;
import io.graft.torchscript.code.ClassReads;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.MethodText;
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
    private static final String MODULE = "__torch__.graft.m";

    private final ScriptArchive archive;
    private final IdentityHashMap<Opaque, ObjectChange> changes;
    private final IdentityHashMap<Opaque, Optional<Global>> types = new IdentityHashMap<>();
    private final Map<Key, Global> clones = new HashMap<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Set<String> edited = new HashSet<>();
    private final ClassReads<Opaque> reads;
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
            edited.add(object.type().qualifiedName());
        });
        this.reads = new ClassReads<>(this::child, this::replacement, fields);
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
    Map<Opaque, Global> types() {
        Map<Opaque, Global> changed = new LinkedHashMap<>();
        types.forEach((object, type) -> type.ifPresent(clone -> changed.put(object, clone)));
        return changed;
    }

    /** Whether some code reads a field of an object; that of a clone is code of all objects of the clone. */
    boolean isRead(Opaque object) {
        return reads.read().stream().anyMatch(read -> types.get(read).equals(types.get(object)));
    }

    /** Whether code of another object reads a field of an object. */
    boolean isReadElsewhere(Opaque object) {
        return reads.readElsewhere().stream().anyMatch(read -> types.get(read).equals(types.get(object)));
    }

    private Optional<Opaque> child(Opaque object, String field) {
        return object.state() instanceof Mapping fields
                ? fields.get(field).filter(Opaque.class::isInstance).map(Opaque.class::cast)
                : Optional.empty();
    }

    private Optional<String> replacement(Opaque object, String field) {
        return Optional.ofNullable(changes.get(object))
                .map(change -> change.replaced().get(field));
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
        if (object.state() instanceof Mapping fields) {
            for (Item item : fields.items()) {
                if (item.key() instanceof Text field
                        && item.value() instanceof Opaque child
                        && archive.isModule(child)) {
                    type(child)
                            .ifPresent(clone -> children.put(
                                    field.value(),
                                    new ClassEdit.Retyped(child.type().qualifiedName(), clone.qualifiedName())));
                }
            }
        }
        ObjectChange change = changes.get(object);
        ClassEdit edit = (change == null ? ObjectChange.NONE : change.edit()).with(children);
        if (edit.isEmpty()) {
            return Optional.empty();
        }
        Key key = new Key(object.type(), edit);
        Global clone = clones.get(key);
        if (clone == null) {
            clone = write(object, edit);
            clones.put(key, clone);
        }
        return Optional.of(clone);
    }

    private Global write(Opaque object, ClassEdit edit) {
        String name = object.type().name();
        if (!(object.state() instanceof Mapping)) {
            throw new CodeRefusal("`" + name + "` keeps its state in a way of its own");
        }
        ClassText original = text(object.type());
        if (original.isHooked()) {
            throw new CodeRefusal("`" + name + "` has hooks");
        }
        for (String type : edited) {
            if (original.mentions(type + ".")) {
                throw new CodeRefusal("a method of `" + name + "` names `" + type + "`");
            }
        }
        Global clone = new Global(freeModule(), name);
        String file = "code/" + clone.module().replace('.', '/') + ".py";
        ClassText text = reads.clone(freed(original, edit), edit, object, clone.qualifiedName());
        files.put(file, text.text().getBytes(StandardCharsets.UTF_8));
        return clone;
    }

    /** The class, in which a method that another edit has put there has a number, for the new one to begin from. */
    private static ClassText freed(ClassText original, ClassEdit edit) {
        List<MethodText> methods = new ArrayList<>(original.methods());
        methods.replaceAll(method -> edit.methods().containsKey(method.name())
                ? method.named(ObjectChange.freeName(original, method.name()))
                : method);
        return new ClassText(original.name(), original.header(), methods);
    }

    private ClassText text(Global type) {
        try {
            return archive.text(type);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private String freeModule() {
        while (archive.members().contains("code/" + (MODULE + next).replace('.', '/') + ".py")) {
            next++;
        }
        return MODULE + next++;
    }
}
