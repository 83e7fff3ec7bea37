package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import io.graft.model.OwnedTensor;
import io.graft.model.Owner;
import io.graft.model.Sharing;
import io.graft.model.TensorKind;
import io.graft.model.Ties;
import io.graft.tensor.LazyTensor;
import io.graft.torchscript.code.ClassEdit.Kind;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.FieldText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Puts the parametrizations of a plan into an archive: the object of a parametrized tensor owns what the parametrizations own, and a
 * method of its class computes the tensor wherever code read it.
 */
final class ScriptParametrizing {
    private static final String RECEIVER = "self";

    private final ScriptArchive archive;
    private final Ties ties;
    private final Map<String, DraftTensor> planned = new LinkedHashMap<>();
    private final Function<DraftTensor, TensorValue> owned;
    private final Function<LazyTensor, TensorValue> stored;
    private final IdentityHashMap<Opaque, ObjectChange> changes = new IdentityHashMap<>();
    private final Map<String, TensorValue> described = new HashMap<>();

    /**
     * @param tensors of the plan
     * @param owned describes a tensor that a parametrization owns, once it has a place
     * @param stored describes a tensor that lies somewhere
     */
    ScriptParametrizing(
            ScriptArchive archive,
            List<DraftTensor> tensors,
            Function<DraftTensor, TensorValue> owned,
            Function<LazyTensor, TensorValue> stored) {
        this.archive = archive;
        this.ties = Ties.of(tensors);
        this.owned = owned;
        this.stored = stored;
        tensors.forEach(tensor -> planned.put(tensor.name(), tensor));
    }

    /**
     * The archive's code and objects with the parametrizations.
     *
     * @param files new files of code, by their members' names
     * @param types objects that are of another class
     * @param changes what objects get and lose
     */
    record Edited(
            Map<String, byte[]> files, Map<Opaque, Global> types, IdentityHashMap<Opaque, ObjectChange> changes) {}

    /**
     * Makes the edits.
     *
     * @throws CodeRefusal if code cannot be edited
     * @throws IOException if code cannot be read
     */
    Edited edit() throws IOException {
        for (DraftTensor tensor : planned.values()) {
            if (!tensor.parametrizations().isEmpty()) {
                parametrize(tensor);
            }
        }
        ScriptClones clones = new ScriptClones(archive, changes);
        Map<String, byte[]> files = clones.make();
        for (DraftTensor tensor : planned.values()) {
            if (!tensor.parametrizations().isEmpty() && ties.counts(tensor)) {
                requireRead(tensor, clones);
            }
        }
        return new Edited(files, clones.types(), changes);
    }

    private ScriptTensor place(String origin) {
        return archive.find(origin).orElseThrow();
    }

    private void parametrize(DraftTensor tensor) throws IOException {
        ScriptTensor place = place(tensor.origin());
        ObjectChange change = changeOf(place.module());
        String method = FieldText.method(place.field());
        if (change.edit().methods().containsKey(method)) {
            return;
        }
        ClassText type = archive.text(place.module().type());
        boolean again = type.method(method).isPresent();
        for (Applied applied : tensor.parametrizations()) {
            for (OwnedTensor slot : applied.parametrization().owned()) {
                Applied.Owned each = applied.owned().get(slot.slot());
                if (each.name().equals(tensor.name())) {
                    change.remove(place.field());
                    change.add(place.field(), Kind.BUFFER, stored.apply(each.value()));
                } else {
                    own(planned.get(each.name()), tensor, change);
                }
            }
        }
        if (tensor.storage().isPresent() && !change.has(place.field())) {
            change.remove(place.field());
        }
        String base = again
                ? RECEIVER + "." + ObjectChange.freeName(type, method) + "()"
                : FieldText.read(RECEIVER, place.field());
        IdentityHashMap<LazyTensor, String> constants = new IdentityHashMap<>();
        WeightCode code = new WeightCode(
                base,
                name -> FieldText.read(RECEIVER, name.equals(tensor.name()) ? place.field() : field(planned.get(name))),
                value -> FieldText.read(
                        RECEIVER,
                        constants.computeIfAbsent(value, one -> constant(one, place.field(), change, constants))));
        change.add(method, code.of(tensor));
        if (!again) {
            change.replace(place.field(), method);
        }
    }

    private String constant(LazyTensor value, String field, ObjectChange change, Map<LazyTensor, String> constants) {
        String name = FieldText.method(field) + "_stored_" + constants.size();
        change.add(name, Kind.ATTRIBUTE, stored.apply(value));
        return name;
    }

    /** Gives an object a tensor that a parametrization of its own owns; another name of a tied weight has no name for it. */
    private void own(DraftTensor each, DraftTensor tensor, ObjectChange change) {
        TensorValue value = described.computeIfAbsent(each.name(), name -> owned.apply(each));
        String field = field(each);
        if (change.has(field)) {
            return;
        }
        boolean own = (prefix(tensor.name()) + field).equals(each.name());
        change.add(field, own ? kind(each) : Kind.ATTRIBUTE, value);
        if (!own && each.owner().orElseThrow().sharing() == Sharing.ADAPTER) {
            ObjectChange root = changeOf(archive.root());
            if (!root.has(each.name())) {
                root.add(each.name(), kind(each), value);
            }
        }
    }

    private static Kind kind(DraftTensor owned) {
        return owned.kind() == TensorKind.BUFFER ? Kind.BUFFER : Kind.PARAMETER;
    }

    /** What the object of a parametrized tensor calls a tensor that a parametrization owns. */
    private static String field(DraftTensor each) {
        Owner owner = each.owner().orElseThrow();
        return owner.sharing() == Sharing.ADAPTER
                ? each.name()
                : each.name().substring(prefix(owner.tensor()).length());
    }

    private static String prefix(String name) {
        return name.substring(0, name.lastIndexOf('.') + 1);
    }

    private ObjectChange changeOf(Opaque object) {
        return changes.computeIfAbsent(object, one -> new ObjectChange());
    }

    /** A parametrization that nothing asks for would have no effect. */
    private void requireRead(DraftTensor tensor, ScriptClones clones) throws IOException {
        List<String> names = new ArrayList<>(List.of(tensor.name()));
        names.addAll(ties.others(tensor));
        for (String name : names) {
            ScriptTensor place = place(planned.get(name).origin());
            Optional<String> replaced =
                    Optional.ofNullable(changes.get(place.module()).replaced().get(place.field()));
            if (replaced.isEmpty() || clones.isRead(place.module())) {
                return;
            }
        }
        throw new CodeRefusal("no method reads `" + tensor.name() + "`");
    }
}
