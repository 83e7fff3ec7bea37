package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.torchscript.code.ClassEdit.NewMethod;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.FieldText;
import io.graft.torchscript.code.MethodText.Parameter;
import io.graft.torchscript.code.Replacement;
import io.graft.torchscript.notes.ScriptNotes;
import io.graft.torchscript.pickle.ObjectEdit.Made;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the parametrizations of a plan into an archive: the object of a parametrized tensor owns what the parametrizations own, and
 * methods of its class compute the tensor wherever code read it, or what a call makes of it.
 */
final class ScriptParametrizing {
    private static final String SELF = "self";
    private static final String OUTPUT = "output";
    private static final String INPUT = "input";
    private static final String BIAS = "bias";
    private static final String TRAINING = SELF + "." + StandingModules.FIELD;

    /** Of a lookup: which rows, and what is said of gradients, which codes have none of. */
    private static final List<Parameter> LOOKUP = List.of(
            Parameter.tensor(INPUT),
            new Parameter("padding", "int", false),
            new Parameter("scaled", "bool", false),
            new Parameter("sparse", "bool", false));

    private final ScriptArchive archive;
    private final ParametrizedReads reads;
    private final StandingModules standing;
    private final PackedClasses classes = new PackedClasses();

    /**
     * @param reads where tensors are read that parametrizations stand on
     * @param standing modules that are told that nobody trains
     */
    ScriptParametrizing(ScriptArchive archive, ParametrizedReads reads, StandingModules standing) {
        this.archive = archive;
        this.reads = reads;
        this.standing = standing;
    }

    /**
     * The archive's code and objects with the parametrizations.
     *
     * @param files new files of code, by their members' names
     * @param types objects that are of another class
     * @param changes what objects get and lose
     * @param notes what is told of it
     */
    record Edited(
            Map<String, byte[]> files,
            IdentityHashMap<Opaque, Global> types,
            IdentityHashMap<Opaque, ObjectChange> changes,
            String notes) {}

    /**
     * Makes the edits.
     *
     * @param placing gives tensors their places
     * @throws CodeRefusal if code cannot be edited
     */
    Edited edit(OwnedFields.Placing placing) throws IOException {
        OwnedFields fields = new OwnedFields(archive, placing);
        for (DraftTensor tensor : reads.parametrized()) {
            parametrize(tensor, fields);
        }
        standing.putInto(fields);
        ObjectChange root = fields.of(archive.root());
        // Its text comes when all else is known; the field has to be there before.
        if (archive.text(archive.type(archive.root())).has(ScriptArchive.NOTES_FIELD)) {
            root.remove(ScriptArchive.NOTES_FIELD);
        }
        root.add(ScriptArchive.NOTES_FIELD, "");
        ScriptClones clones = new ScriptClones(archive, fields.changes());
        clones.make();
        String notes = new ScriptNotes(
                        fields.switches(),
                        ScriptNotes.entries(reads.all(), fields::nameOf),
                        fields.stored(),
                        bases(),
                        clones.notes())
                .text();
        root.add(ScriptArchive.NOTES_FIELD, notes);
        Map<String, byte[]> files = new LinkedHashMap<>(clones.files());
        files.putAll(classes.files());
        return new Edited(files, clones.types(), fields.changes(), notes);
    }

    private List<ScriptNotes.Base> bases() {
        List<ScriptNotes.Base> bases = new ArrayList<>();
        for (DraftTensor tensor : reads.parametrized()) {
            if (tensor.storage().isPresent() && reads.counts(tensor)) {
                bases.add(new ScriptNotes.Base(reads.names(tensor), tensor.kind(), tensor.dtype(), tensor.shape()));
            }
        }
        return bases;
    }

    private void parametrize(DraftTensor tensor, OwnedFields fields) throws IOException {
        ScriptTensor place = reads.place(tensor);
        ObjectChange change = fields.of(place.module());
        if (change.replaced().containsKey(place.field())) {
            return;
        }
        for (Applied applied : tensor.parametrizations()) {
            for (OwnedTensor slot : applied.parametrization().owned()) {
                Applied.Owned each = applied.owned().get(slot.slot());
                if (each.name().equals(tensor.name())) {
                    fields.replace(place, each.value());
                } else {
                    fields.own(reads.planned(each.name()), tensor, place.module());
                }
            }
        }
        if (tensor.storage().isPresent() && !change.has(place.field())) {
            change.remove(place.field());
        }
        ClassText type = archive.text(archive.type(place.module()));
        String method = free(type, FieldText.method(place.field()));
        WeightCode code = new WeightCode(
                name -> read(field(name, tensor, place)),
                value -> read(fields.stored(value, method, place)),
                adapter -> read(fields.weight(adapter, weight(tensor, adapter), place.module())));
        List<Applied> branches = reads.branches(tensor);
        List<Applied> below = reads.below(tensor);
        Optional<String> whole = below.isEmpty() ? Optional.empty() : Optional.of(method);
        Optional<String> multiply =
                reads.kernels(tensor).isEmpty() ? Optional.empty() : Optional.of(free(type, method + "_product"));
        Optional<String> rows = reads.isLookedUp(tensor) ? Optional.of(free(type, method + "_rows")) : Optional.empty();
        Optional<String> beside = branches.isEmpty() ? Optional.empty() : Optional.of(free(type, method + "_beside"));
        whole.ifPresent(name ->
                change.add(new NewMethod(name, List.of(), code.whole(tensor, below, read(place.field())))));
        String packed = method + "_codes";
        rows.ifPresent(name -> change.add(new NewMethod(name, LOOKUP, code.rows(tensor, below, INPUT))));
        multiply.ifPresent(name -> change.add(new NewMethod(
                name,
                List.of(Parameter.tensor(INPUT), Parameter.tensorOrNone(BIAS)),
                code.product(tensor, "(" + SELF + ")." + method + "()", read(packed), INPUT, BIAS, TRAINING))));
        if (multiply.isPresent()) {
            KernelCode.packed(tensor).ifPresent(codes -> {
                List<TensorValue> parts = codes.state(tensor.storage().orElseThrow()).stream()
                        .map(name -> (TensorValue) change.values().get(field(name, tensor, place)))
                        .toList();
                change.add(packed, new Made(classes.of(codes), parts));
            });
        }
        beside.ifPresent(name -> change.add(new NewMethod(
                name,
                List.of(Parameter.tensor(OUTPUT), Parameter.tensor(INPUT)),
                code.beside(tensor, branches, reads.product(tensor).orElseThrow(), OUTPUT, INPUT, TRAINING))));
        change.replace(place.field(), new Replacement(whole, multiply.or(() -> rows), beside));
    }

    /** The field that holds what a parametrization of a tensor owns. */
    private String field(String name, DraftTensor tensor, ScriptTensor place) {
        return name.equals(tensor.name()) ? place.field() : OwnedFields.field(reads.planned(name));
    }

    private static String read(String field) {
        return FieldText.read(SELF, field);
    }

    private static double weight(DraftTensor tensor, String adapter) {
        return tensor.parametrizations().stream()
                .filter(applied -> applied.adapter().equals(adapter))
                .findFirst()
                .orElseThrow()
                .weight();
    }

    private static String free(ClassText type, String name) {
        int number = 0;
        String free = name;
        while (type.has(free)) {
            free = name + "_" + number++;
        }
        return free;
    }
}
