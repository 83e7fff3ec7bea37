package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.model.parametrization.Applied;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.torchscript.code.ClassEdit.NewMethod;
import io.graft.torchscript.code.ClassText;
import io.graft.torchscript.code.CodeRefusal;
import io.graft.torchscript.code.FieldText;
import io.graft.torchscript.code.MethodText.Parameter;
import io.graft.torchscript.code.Product;
import io.graft.torchscript.code.Replacement;
import io.graft.torchscript.notes.ScriptNotes;
import io.graft.torchscript.pickle.ObjectEdit.Made;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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

    private final ScriptArchive archive;
    private final Ties ties;
    private final Map<String, DraftTensor> planned = new LinkedHashMap<>();
    private final List<DraftTensor> parametrized;
    private final StandingModules standing;
    private final WeightReaders readers;
    private final PackedClasses classes = new PackedClasses();

    private ScriptParametrizing(ScriptArchive archive, List<DraftTensor> tensors, StandingModules standing)
            throws IOException {
        this.archive = archive;
        this.standing = standing;
        this.ties = Ties.of(tensors);
        tensors.forEach(tensor -> planned.put(tensor.name(), tensor));
        this.parametrized = tensors.stream()
                .filter(tensor -> !tensor.parametrizations().isEmpty())
                .toList();
        IdentityHashMap<Opaque, Set<String>> fields = new IdentityHashMap<>();
        for (DraftTensor tensor : parametrized) {
            ScriptTensor place = place(tensor);
            fields.computeIfAbsent(place.module(), module -> new HashSet<>()).add(place.field());
        }
        for (Opaque module : standing.objects()) {
            fields.computeIfAbsent(module, object -> new HashSet<>()).add(StandingModules.FIELD);
        }
        this.readers = WeightReaders.of(archive, fields);
        for (DraftTensor tensor : parametrized) {
            if (ties.counts(tensor)) {
                requireRead(tensor);
            }
        }
    }

    /**
     * Looks how the parametrizations of a plan can be computed.
     *
     * @param standing modules that are told that nobody trains
     * @throws CodeRefusal if code cannot be edited
     * @throws IOException if code cannot be read
     */
    static ScriptParametrizing of(ScriptArchive archive, List<DraftTensor> tensors, StandingModules standing)
            throws IOException {
        return new ScriptParametrizing(archive, tensors, standing);
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
        for (DraftTensor tensor : parametrized) {
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
                        ScriptNotes.entries(List.copyOf(planned.values()), fields::nameOf),
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
        for (DraftTensor tensor : parametrized) {
            if (tensor.storage().isPresent() && ties.counts(tensor)) {
                bases.add(new ScriptNotes.Base(names(tensor), tensor.kind(), tensor.dtype(), tensor.shape()));
            }
        }
        return bases;
    }

    /** All names of a tensor, the given one first. */
    private List<String> names(DraftTensor tensor) {
        List<String> names = new ArrayList<>(List.of(tensor.name()));
        names.addAll(ties.others(tensor));
        return names;
    }

    private ScriptTensor place(DraftTensor tensor) {
        return archive.find(tensor.origin()).orElseThrow();
    }

    /** A parametrization that nothing asks for would have no effect. */
    private void requireRead(DraftTensor tensor) {
        for (String name : names(tensor)) {
            ScriptTensor place = place(planned.get(name));
            if (readers.isRead(place.module(), place.field())) {
                return;
            }
        }
        throw new CodeRefusal("no method reads `" + tensor.name() + "`");
    }

    /** The last parametrizations of a tensor, those that can run beside what is computed with it. */
    List<Applied> branches(DraftTensor tensor) {
        Optional<Product> product = product(tensor);
        List<Applied> all = tensor.parametrizations();
        int first = all.size();
        while (first > 0
                && product.isPresent()
                && !all.get(first - 1).adapter().isEmpty()
                && WeightCode.lowRank(tensor, all.get(first - 1))
                        .filter(form ->
                                form.inputDropout() == 0 || product.get().takesNumbers())
                        .isPresent()) {
            first--;
        }
        return all.subList(first, all.size());
    }

    /** What every code that reads a tensor computes with it; one that has several names may be read in other ways by them. */
    private Optional<Product> product(DraftTensor tensor) {
        ScriptTensor place = place(tensor);
        return ties.others(tensor).isEmpty() ? readers.product(place.module(), place.field()) : Optional.empty();
    }

    private void parametrize(DraftTensor tensor, OwnedFields fields) throws IOException {
        ScriptTensor place = place(tensor);
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
                    fields.own(planned.get(each.name()), tensor, place.module());
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
        List<Applied> branches = branches(tensor);
        List<Applied> below =
                tensor.parametrizations().subList(0, tensor.parametrizations().size() - branches.size());
        Optional<String> whole = below.isEmpty() ? Optional.empty() : Optional.of(method);
        Optional<String> product =
                kernels(tensor).isEmpty() ? Optional.empty() : Optional.of(free(type, method + "_product"));
        Optional<String> beside = branches.isEmpty() ? Optional.empty() : Optional.of(free(type, method + "_beside"));
        whole.ifPresent(name ->
                change.add(new NewMethod(name, List.of(), code.whole(tensor, below, read(place.field())))));
        String packed = method + "_codes";
        product.ifPresent(name -> change.add(new NewMethod(
                name,
                List.of(Parameter.tensor(INPUT), Parameter.tensorOrNone(BIAS)),
                code.product(tensor, "(" + SELF + ")." + method + "()", read(packed), INPUT, BIAS, TRAINING))));
        if (product.isPresent()) {
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
                code.beside(tensor, branches, product(tensor).orElseThrow(), OUTPUT, INPUT, TRAINING))));
        change.replace(place.field(), new Replacement(whole, product, beside));
    }

    /** The kernels that run in the place of products with a tensor; none where the program has no such products, or needs the tensor. */
    List<Form.ScaledCodes.Kernel> kernels(DraftTensor tensor) {
        boolean multiplies = product(tensor)
                .filter(product -> product.kind() == Product.Kind.LINEAR)
                .isPresent();
        int above = tensor.parametrizations().size() - branches(tensor).size();
        return multiplies && above == 1 ? KernelCode.kernels(tensor) : List.of();
    }

    /** The field that holds what a parametrization of a tensor owns. */
    private String field(String name, DraftTensor tensor, ScriptTensor place) {
        return name.equals(tensor.name()) ? place.field() : OwnedFields.field(planned.get(name));
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
