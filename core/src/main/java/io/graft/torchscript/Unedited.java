package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.model.tree.DottedPath;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.PlainText;
import io.graft.torchscript.notes.NotedModel;
import io.graft.torchscript.notes.ScriptNotes;
import io.graft.torchscript.notes.ScriptNotes.EditedClass;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An archive as it was before Graft put parametrizations into its program. The classes that were edited are still there as a rule; whoever
 * loads and saves a program leaves them out, and then they are what their clones are without the edits.
 */
final class Unedited {
    private final ScriptArchive archive;
    private final ScriptNotes notes;
    private final Set<String> members;
    private final Set<String> dropped = new HashSet<>();
    private final IdentityHashMap<Opaque, Map<String, TensorValue>> restored = new IdentityHashMap<>();
    private final Map<String, ScriptTensor> bases = new HashMap<>();
    private final Map<String, Global> types = new HashMap<>();
    private final Map<Global, ClassText> texts = new LinkedHashMap<>();
    private int next;

    private Unedited(ScriptArchive archive, ScriptNotes notes) {
        this.archive = archive;
        this.notes = notes;
        this.members = new HashSet<>(archive.members());
    }

    /**
     * @param archive as it is written
     * @throws IllegalArgumentException if the notes do not fit the archive
     */
    static Unedited of(ScriptArchive archive, ScriptNotes notes) throws IOException {
        Unedited before = new Unedited(archive, notes);
        before.hideMembers();
        before.plain(archive.root());
        notes.bases().forEach(before::restore);
        // What the notes tell of is asked for at once, so that they are understood or not.
        NotedModel.of(notes, List.copyOf(archive.draft().tensors()))
                .forEach(tensor -> tensor.value().shape());
        return before;
    }

    private void hideMembers() {
        hide(ScriptArchive.NOTES);
        for (String clone : notes.classes().keySet()) {
            String file = ScriptClasses.file(global(clone));
            hide(file);
            hide(file + ".debug_pkl");
        }
        List.copyOf(members).stream().filter(PackedClasses::isFile).forEach(this::hide);
        Set<String> hidden = new HashSet<>(notes.internal());
        hidden.addAll(notes.switches().values());
        notes.entries().forEach(entry -> entry.slots().forEach(slot -> hidden.add(slot.tensor())));
        for (String name : hidden) {
            archive.find(name)
                    .ifPresent(tensor -> hide("data/" + tensor.value().storage().key()));
        }
    }

    private void hide(String member) {
        if (members.remove(member)) {
            dropped.add(member);
        }
    }

    private static Global global(String name) {
        return new Global(DottedPath.parent(name), DottedPath.last(name));
    }

    /** The class of an object, and of all below it. */
    private Global plain(Opaque object) throws IOException {
        EditedClass edited = notes.classes().get(object.type().qualifiedName());
        if (edited == null) {
            return object.type();
        }
        Global known = types.get(object.type().qualifiedName());
        if (known == null) {
            Map<String, String> children = new LinkedHashMap<>();
            for (Map.Entry<String, Opaque> child : archive.fields(object).entrySet()) {
                children.put(child.getKey(), plain(child.getValue()).qualifiedName());
            }
            Global original = global(edited.of());
            known = archive.find(original).isPresent() ? original : without(object, edited, children);
            types.put(object.type().qualifiedName(), known);
        }
        return known;
    }

    private Global without(Opaque object, EditedClass edited, Map<String, String> children) throws IOException {
        String module = ScriptClasses.freeModule(archive.members(), next);
        next = ScriptClasses.number(module) + 1;
        Global plain = new Global(module, object.type().name());
        Map<String, String> fields = new HashMap<>();
        Map<String, String> products = new HashMap<>();
        Set<String> beside = new HashSet<>();
        notes.classes().values().forEach(each -> {
            fields.putAll(each.whole());
            products.putAll(each.product());
            beside.addAll(each.beside());
        });
        texts.put(
                plain,
                new PlainText(fields, products, beside)
                        .of(archive.text(object.type()), edited.fields(), edited.removed(), children));
        members.add(ScriptClasses.file(plain));
        return plain;
    }

    private void restore(ScriptNotes.Base base) {
        TensorValue nowhere = ScriptEdit.nowhere("of " + base.names().get(0));
        for (String name : base.names()) {
            String field = DottedPath.last(name);
            Opaque module = archive.module(DottedPath.parent(name))
                    .orElseThrow(() -> new IllegalArgumentException("there is no module of `" + name + "`"));
            restored.computeIfAbsent(module, object -> new LinkedHashMap<>()).put(field, nowhere);
            bases.put(name, new ScriptTensor(name, module, field, nowhere));
        }
    }

    ScriptNotes notes() {
        return notes;
    }

    /** The members, without the archive's folder. */
    Set<String> members() {
        return members;
    }

    /** The members that are there for parametrizations. */
    Set<String> dropped() {
        return dropped;
    }

    /** A tensor that a storage took the place of; it has no values. */
    Optional<ScriptTensor> find(String name) {
        return Optional.ofNullable(bases.get(name));
    }

    /** The class of an object; empty if it has the one that it had. */
    Optional<Global> type(Opaque object) {
        return Optional.ofNullable(types.get(object.type().qualifiedName()));
    }

    /** Whether something takes the place of reading a field of an object. */
    boolean replaces(Opaque object, String field) {
        EditedClass edited = notes.classes().get(object.type().qualifiedName());
        return edited != null && edited.whole().containsValue(field);
    }

    /** The fields that an object has more than before. */
    List<String> hidden(Opaque object) {
        EditedClass edited = notes.classes().get(object.type().qualifiedName());
        return edited == null ? List.of() : edited.fields();
    }

    /** The fields of an object that storages took the place of. */
    Map<String, TensorValue> restored(Opaque object) {
        return restored.getOrDefault(object, Map.of());
    }

    /** The code of a class that the archive lacks. */
    Optional<ClassText> text(Global type) {
        return Optional.ofNullable(texts.get(type));
    }

    /** All such classes. */
    Map<Global, ClassText> texts() {
        return texts;
    }
}
