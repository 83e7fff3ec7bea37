package io.graft.torchscript;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.graft.ValueWatch;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.pytorch.ArchiveEdit;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.storage.TorchTypes;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.model.DraftTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.torchscript.pickle.ObjectEdit;
import io.graft.torchscript.pickle.ObjectPickle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The members of an archive that change, beside the bytes of tensors that get other values. */
final class ScriptEdit {
    private static final String DATA = "data/";
    private static final Pattern STORAGE = Pattern.compile(DATA + "(\\d{1,15})");

    private final ScriptArchive archive;
    private final ObjectEdit object = new ObjectEdit();
    private final Map<String, byte[]> contents = new LinkedHashMap<>();
    private final Map<String, OutputTensor> storages = new LinkedHashMap<>();
    private final Set<String> dropped = new HashSet<>();
    private long nextKey;

    ScriptEdit(ScriptArchive archive) {
        this.archive = archive;
        this.nextKey = archive.members().stream()
                .map(STORAGE::matcher)
                .filter(Matcher::matches)
                .mapToLong(name -> Long.parseLong(name.group(1)) + 1)
                .max()
                .orElse(0);
    }

    /** Whether a tensor has the flag: PyTorch allows it to floating-point numbers alone. */
    static boolean takesGradient(DraftTensor tensor) {
        return tensor.trainable()
                && (tensor.dtype().isFloatingPoint() || tensor.dtype().isComplex());
    }

    /** A tensor as it is written. */
    static OutputTensor output(DraftTensor tensor) {
        return new OutputTensor(
                tensor.name(), tensor.dtype(), tensor.shape(), () -> new ValueWatch().materialize(tensor));
    }

    /** Sets what PyTorch calls {@code requires_grad}. */
    void flag(DraftTensor tensor) {
        TensorValue value = value(tensor);
        object.replace(value, flagged(object.of(value), takesGradient(tensor)));
    }

    /**
     * Gives a tensor a storage of its own.
     *
     * @param output its bytes
     */
    void retype(DraftTensor tensor, OutputTensor output) {
        TensorValue value = value(tensor);
        StorageRef storage = store(output, value.storage().device());
        for (TensorValue same : archive.storages().sameAs(value)) {
            object.replace(same, describe(storage, output.shape(), takesGradient(tensor)));
        }
        dropped.add(DATA + value.storage().key());
    }

    private TensorValue value(DraftTensor tensor) {
        return archive.find(tensor.origin()).orElseThrow().value();
    }

    private StorageRef store(OutputTensor output, String device) {
        String key = String.valueOf(nextKey++);
        storages.put(DATA + key, output);
        String type = TorchTypes.scriptStorageOf(output.dtype()).orElseThrow();
        return new StorageRef(
                key, new Global("torch", type), device, output.shape().elementCount());
    }

    private static TensorValue describe(StorageRef storage, Shape shape, boolean takesGradient) {
        List<Long> stride = new ArrayList<>(shape.dimensions());
        long step = 1;
        for (int axis = stride.size() - 1; axis >= 0; axis--) {
            stride.set(axis, step);
            step *= Math.max(shape.dimension(axis), 1);
        }
        return flagged(
                new TensorValue(storage, 0, shape.dimensions(), stride, Optional.empty(), "", Optional.empty()),
                takesGradient);
    }

    /** A tensor without elements, which lies nowhere. */
    static TensorValue nowhere(String key) {
        return describe(new StorageRef(key, new Global("torch", "FloatStorage"), "cpu", 0), Shape.of(0), false);
    }

    private static TensorValue flagged(TensorValue value, boolean takesGradient) {
        return new TensorValue(
                value.storage(),
                value.offset(),
                value.size(),
                value.stride(),
                value.dtype(),
                value.view(),
                takesGradient ? Optional.of(DeclaredKind.PARAMETER) : Optional.empty());
    }

    /**
     * Has the archive's program compute with the parametrizations of a plan, and no others.
     *
     * @param tensors all of the plan
     * @param standing modules that are told that nobody trains
     * @throws IOException if the archive's code cannot be read
     */
    void parametrize(List<DraftTensor> tensors, StandingModules standing) throws IOException {
        IdentityHashMap<Opaque, Global> types = new IdentityHashMap<>();
        IdentityHashMap<Opaque, ObjectChange> changes = new IdentityHashMap<>();
        archive.unedited().ifPresent(before -> {
            dropped.addAll(before.dropped());
            before.texts()
                    .forEach((type, text) ->
                            contents.put(ScriptClasses.file(type), text.text().getBytes(UTF_8)));
            archive.objects()
                    .values()
                    .forEach(object -> before.type(object).ifPresent(type -> types.put(object, type)));
        });
        if (!standing.isEmpty()
                || tensors.stream()
                        .anyMatch(tensor -> !tensor.parametrizations().isEmpty())) {
            ParametrizedReads reads = ParametrizedReads.of(archive, tensors, standing);
            ScriptParametrizing.Edited edited = new ScriptParametrizing(archive, reads, standing).edit(new Places());
            contents.putAll(edited.files());
            types.putAll(edited.types());
            changes = edited.changes();
            contents.put(ScriptArchive.NOTES, edited.notes().getBytes(UTF_8));
            dropped.remove(ScriptArchive.NOTES);
        }
        reshape(types, changes);
    }

    /**
     * Gives objects other fields and methods.
     *
     * @throws io.graft.torchscript.code.CodeRefusal if code cannot be edited
     */
    void reshape(IdentityHashMap<Opaque, ObjectChange> changes) {
        ScriptClones clones = new ScriptClones(archive, changes);
        clones.make();
        contents.putAll(clones.files());
        reshape(clones.types(), changes);
    }

    private void reshape(IdentityHashMap<Opaque, Global> types, IdentityHashMap<Opaque, ObjectChange> changes) {
        types.forEach((module, type) -> reshape(module, type, changes.getOrDefault(module, new ObjectChange())));
    }

    /** A tensor of one number, 0, in a storage of its own. */
    TensorValue zero() {
        Shape one = Shape.of(1);
        OutputTensor output = new OutputTensor(
                "", DType.F32, one, () -> TensorData.of(ByteBuffer.allocate(DType.F32.bits() / Byte.SIZE)));
        return describe(store(output, archive.device()), one, false);
    }

    private void reshape(Opaque module, Global type, ObjectChange change) {
        Map<String, PickleValue> added = new LinkedHashMap<>();
        Set<String> removed = new HashSet<>(change.removed());
        archive.unedited().ifPresent(before -> {
            removed.addAll(before.hidden(module));
            before.restored(module).forEach((field, value) -> {
                if (!change.removed().contains(field)) {
                    added.put(field, value);
                }
            });
        });
        added.putAll(change.values());
        object.reshape(module, type, added, change.made(), removed);
    }

    /** Each tensor gets a storage of its own. */
    private final class Places implements OwnedFields.Placing {
        @Override
        public TensorValue owned(DraftTensor tensor) {
            return place(output(tensor), takesGradient(tensor));
        }

        @Override
        public TensorValue stored(LazyTensor value) {
            return place(new OutputTensor("", value.dtype(), value.shape(), value::materialize), false);
        }

        @Override
        public TensorValue weight(String name, double weight) {
            return place(output(Switches.of(name, weight)), false);
        }

        private TensorValue place(OutputTensor output, boolean takesGradient) {
            return describe(store(output, archive.device()), output.shape(), takesGradient);
        }
    }

    /** What becomes of the archive. */
    ArchiveEdit members() {
        if (!object.isEmpty() || archive.unedited().isPresent()) {
            Set<String> unused = archive.storages().keys();
            contents.put("data.pkl", ObjectPickle.of(archive.root(), object, unused::remove));
            unused.forEach(key -> dropped.add(DATA + key));
        }
        return new ArchiveEdit(contents, storages, dropped);
    }
}
