package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.model.Applied;
import io.graft.model.DraftTensor;
import io.graft.model.OwnedTensor;
import io.graft.model.Owner;
import io.graft.model.Sharing;
import io.graft.model.TensorKind;
import io.graft.model.Ties;
import io.graft.tensor.LazyTensor;
import io.graft.torchscript.code.ClassEdit.Around;
import io.graft.torchscript.code.ClassEdit.Kind;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.FieldText;
import io.graft.torchscript.code.LinearCalls;
import io.graft.torchscript.code.MethodText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Puts the parametrizations of a plan into an archive: the object of a parametrized tensor owns what the parametrizations own, and a
 * method of its class computes the tensor wherever code read it.
 */
final class ScriptParametrizing {
    private static final String RECEIVER = "self";

    /** What begins the name of a forward that another one calls. */
    private static final String INNER = "graft_base_";

    /** Stands for a tensor that has no place yet. */
    static final TensorValue NOWHERE = new TensorValue(
            new StorageRef("", new Global("torch", "FloatStorage"), "cpu", 0),
            0,
            List.of(0L),
            List.of(1L),
            Optional.empty(),
            "",
            Optional.empty());

    private final ScriptArchive archive;
    private final Ties ties;
    private final Map<String, DraftTensor> planned = new LinkedHashMap<>();
    private final Function<DraftTensor, TensorValue> owned;
    private final Function<LazyTensor, TensorValue> stored;
    private final Set<String> factored;
    private final IdentityHashMap<Opaque, ObjectChange> changes = new IdentityHashMap<>();
    private final Map<String, TensorValue> described = new HashMap<>();

    private ScriptParametrizing(
            ScriptArchive archive,
            List<DraftTensor> tensors,
            Function<DraftTensor, TensorValue> owned,
            Function<LazyTensor, TensorValue> stored,
            Set<String> factored) {
        this.archive = archive;
        this.ties = Ties.of(tensors);
        this.owned = owned;
        this.stored = stored;
        this.factored = factored;
        tensors.forEach(tensor -> planned.put(tensor.name(), tensor));
    }

    /**
     * The archive's code and objects with the parametrizations.
     *
     * @param files new files of code, by their members' names
     * @param types objects that are of another class
     * @param changes what objects get and lose
     * @param factored names of the weights whose layers run products of low rank beside them
     */
    record Edited(
            Map<String, byte[]> files,
            Map<Opaque, Global> types,
            IdentityHashMap<Opaque, ObjectChange> changes,
            Set<String> factored) {}

    /**
     * What the edits will be, as far as that is known before tensors have their places.
     *
     * @throws CodeRefusal if code cannot be edited
     * @throws IOException if code cannot be read
     */
    static Edited plan(ScriptArchive archive, List<DraftTensor> tensors) throws IOException {
        return edit(archive, tensors, each -> NOWHERE, each -> NOWHERE);
    }

    /**
     * Makes the edits.
     *
     * @param tensors of the plan
     * @param owned describes a tensor that a parametrization owns, once it has a place
     * @param stored describes a tensor that lies somewhere
     * @throws CodeRefusal if code cannot be edited
     * @throws IOException if code cannot be read
     */
    static Edited edit(
            ScriptArchive archive,
            List<DraftTensor> tensors,
            Function<DraftTensor, TensorValue> owned,
            Function<LazyTensor, TensorValue> stored)
            throws IOException {
        // Who reads a weight is known when it is replaced everywhere.
        ScriptParametrizing trial =
                new ScriptParametrizing(archive, tensors, each -> NOWHERE, each -> NOWHERE, Set.of());
        ScriptClones clones = trial.make();
        Set<String> factored = trial.factorable(clones);
        ScriptParametrizing made = new ScriptParametrizing(archive, tensors, owned, stored, factored);
        ScriptClones result = made.make();
        return new Edited(result.files(), result.types(), made.changes, factored);
    }

    private ScriptClones make() throws IOException {
        for (DraftTensor tensor : planned.values()) {
            if (!tensor.parametrizations().isEmpty()) {
                parametrize(tensor);
            }
        }
        ScriptClones clones = new ScriptClones(archive, changes);
        clones.make();
        for (DraftTensor tensor : planned.values()) {
            if (!tensor.parametrizations().isEmpty() && ties.counts(tensor)) {
                requireRead(tensor, clones);
            }
        }
        return clones;
    }

    /** The weights that nobody but their layer reads, and that only in linear calls. */
    private Set<String> factorable(ScriptClones clones) throws IOException {
        Set<String> names = new HashSet<>();
        for (DraftTensor tensor : planned.values()) {
            if (!branches(tensor).isEmpty() && ties.others(tensor).isEmpty()) {
                ScriptTensor place = place(tensor.origin());
                ClassText type = archive.text(place.module().type());
                if (!clones.isReadElsewhere(place.module())
                        && LinearCalls.of(type, place.field()).isPresent()) {
                    names.add(tensor.name());
                }
            }
        }
        return names;
    }

    private static List<Applied> active(DraftTensor tensor) {
        return tensor.parametrizations().stream().filter(Applied::isActive).toList();
    }

    /** The last parametrizations of a tensor that are of low rank. */
    static List<Applied> branches(DraftTensor tensor) {
        List<Applied> active = active(tensor);
        int first = active.size();
        while (first > 0 && WeightCode.lowRank(tensor, active.get(first - 1)).isPresent()) {
            first--;
        }
        return active.subList(first, active.size());
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
        requireVisible(tensor, type);
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
        List<Applied> whole = active(tensor);
        if (factored.contains(tensor.name())) {
            List<Applied> branches = branches(tensor);
            whole = whole.subList(0, whole.size() - branches.size());
            LinearCalls.of(type, place.field())
                    .orElseThrow()
                    .forEach((forward, input) -> change.add(
                            around(tensor, branches, type, type.method(forward).orElseThrow(), input)));
            if (whole.isEmpty() && tensor.storage().isEmpty()) {
                return;
            }
        }
        String base = again
                ? RECEIVER + "." + ObjectChange.freeName(type, method) + "()"
                : FieldText.read(RECEIVER, place.field());
        IdentityHashMap<LazyTensor, String> constants = new IdentityHashMap<>();
        WeightCode code = code(
                tensor,
                place.field(),
                RECEIVER,
                base,
                value -> constants.computeIfAbsent(value, one -> constant(one, place.field(), change, constants)));
        change.add(method, code.of(tensor, whole));
        if (!again) {
            change.replace(place.field(), method);
        }
    }

    /** Products that an earlier edit runs beside a weight are no part of what a method sees; only a sum is the same for that. */
    private static void requireVisible(DraftTensor tensor, ClassText type) {
        boolean beside = type.methods().stream().anyMatch(each -> each.name().startsWith(INNER));
        List<Applied> active = active(tensor);
        if (beside && (tensor.storage().isPresent() || branches(tensor).size() < active.size())) {
            throw new CodeRefusal("`" + tensor.name()
                    + "` has products of low rank beside it, which Graft has put there before and "
                    + tensor.parametrizations().get(0).parametrization().id() + " would not see");
        }
    }

    private WeightCode code(
            DraftTensor tensor, String field, String receiver, String base, Function<LazyTensor, String> constants) {
        return new WeightCode(
                base,
                name -> FieldText.read(receiver, name.equals(tensor.name()) ? field : field(planned.get(name))),
                value -> FieldText.read(receiver, constants.apply(value)));
    }

    /** A forward that adds products of low rank to what the layer's own gives. */
    private Around around(
            DraftTensor tensor, List<Applied> branches, ClassText type, MethodText forward, String input) {
        String inner = ObjectChange.freeName(type, INNER + forward.name());
        String receiver = forward.receiver();
        List<String> arguments = forward.parameters().stream()
                .skip(1)
                .map(MethodText.Parameter::name)
                .toList();
        String call = "(" + receiver + ")." + inner + "(" + String.join(", ", arguments) + ", )";
        WeightCode code = code(tensor, "", receiver, "", value -> {
            throw new CodeRefusal("a factor of `" + tensor.name() + "` reads a tensor that lies somewhere");
        });
        return new Around(forward.name(), inner, code.around(tensor, branches, call, input, receiver + ".training"));
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
