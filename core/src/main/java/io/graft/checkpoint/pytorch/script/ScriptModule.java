package io.graft.checkpoint.pytorch.script;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.checkpoint.pytorch.script.ScriptCode.ScriptClass;
import io.graft.checkpoint.pytorch.state.ModuleWalk;
import io.graft.checkpoint.pytorch.state.NamedTensor;
import io.graft.checkpoint.pytorch.state.StateDict;
import io.graft.checkpoint.pytorch.state.TensorHunt;
import io.graft.checkpoint.pytorch.state.WrappedTensor;
import io.graft.problem.FirstFew;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state dict of a TorchScript archive.
 *
 * <p>{@code torch.jit.freeze} turns parameters and buffers into constants of the code and drops their names. A frozen module
 * is known by the lack of the field {@code training}; its constants are tensors of the state dict then, under the names that
 * the code has for them: {@code CONSTANTS.c0}. The constants of other modules are part of the program.
 *
 * @param tensors parameters and buffers by full name, those whose bytes lie in {@code data/}
 * @param constants the constants of a frozen module, whose bytes lie in {@code constants/}
 * @param warnings tensors of the archive that belong to its program, so that they are left out
 */
public record ScriptModule(
        Map<String, NamedTensor> tensors, Map<String, NamedTensor> constants, List<String> warnings) {
    private static final int MOST_FIELDS = 200_000;

    /**
     * Reads {@code data.pkl}, {@code constants.pkl} and, of the code, what it says about fields.
     *
     * @throws CheckpointException if the archive is damaged, or holds no tensor
     */
    public static ScriptModule read(TorchArchive archive, Refusals refusals) throws IOException {
        if (!(archive.readPickle(PickleLimits.DEFAULT) instanceof Opaque root)) {
            throw refusals.malformed("the archive's object is not a module");
        }
        Reading reading = new Reading(new ScriptCode(archive, refusals), refusals);
        Mapping named = new ModuleWalk(refusals).stateDict(root, reading::parts);
        List<String> warnings = new ArrayList<>();
        Map<String, NamedTensor> tensors = StateDict.read(named, warnings, refusals);
        Mapping constants = constants(archive);
        boolean frozen =
                root.state() instanceof Mapping fields && fields.get("training").isEmpty();
        FirstFew leftOut = new FirstFew();
        reading.leftOut().forEach(name -> leftOut.add(() -> Refusals.quote(name)));
        if (!frozen) {
            constants.items().forEach(constant -> leftOut.add(() -> Refusals.quote(((Text) constant.key()).value())));
        }
        if (!leftOut.isEmpty()) {
            warnings.add("tensors of the program, so left out of the state dict: " + leftOut);
        }
        Map<String, NamedTensor> weights =
                frozen ? StateDict.read(constants, warnings, refusals) : new LinkedHashMap<>();
        if (tensors.isEmpty() && weights.isEmpty()) {
            throw refusals.unrecognised(
                    "a TorchScript archive with 0 parameters and buffers", "give the archive of a model with weights");
        }
        return new ScriptModule(tensors, weights, List.copyOf(warnings));
    }

    private static Mapping constants(TorchArchive archive) throws IOException {
        Mapping constants = new Mapping("dict");
        if (archive.has("constants.pkl")
                && archive.readPickle("constants.pkl", PickleLimits.SMALL) instanceof Sequence all) {
            int index = 0;
            for (PickleValue value : all.items()) {
                if (WrappedTensor.isTensor(value)) {
                    constants.put(new Text("CONSTANTS.c" + index), value);
                }
                index++;
            }
        }
        return constants;
    }

    private static final class Reading {
        private final ScriptCode code;
        private final Refusals refusals;
        private final TensorHunt hunt = new TensorHunt();
        /** Keys of storages. */
        private final Set<String> listed = new HashSet<>();

        private final List<Item> others = new ArrayList<>();

        Reading(ScriptCode code, Refusals refusals) {
            this.code = code;
            this.refusals = refusals;
        }

        ModuleWalk.Parts parts(Opaque module) {
            return code.find(module.type())
                    .map(type -> parts(module, type))
                    .orElseThrow(() -> refusals.malformed("the archive's object is a " + module.typeName()));
        }

        private ModuleWalk.Parts parts(Opaque module, ScriptClass type) {
            Map<String, PickleValue> fields = new LinkedHashMap<>();
            if (module.state() instanceof Mapping state) {
                if (state.items().size() > MOST_FIELDS) {
                    throw refusals.refused("a module has more than " + MOST_FIELDS + " fields");
                }
                for (Item item : state.items()) {
                    if (item.key() instanceof Text name) {
                        fields.put(name.value(), item.value());
                    }
                }
            }
            List<Item> tensors = new ArrayList<>();
            for (String name : type.parameters()) {
                PickleValue value = remove(name, fields, module);
                tensors.add(new Item(
                        new Text(name),
                        value instanceof TensorValue tensor && tensor.declared().isEmpty()
                                ? tensor.as(DeclaredKind.FROZEN_PARAMETER)
                                : value));
            }
            for (String name : type.buffers()) {
                PickleValue value = remove(name, fields, module);
                tensors.add(new Item(
                        new Text(name), value instanceof TensorValue tensor ? tensor.as(DeclaredKind.BUFFER) : value));
            }
            List<Item> modules = new ArrayList<>();
            fields.forEach((name, value) -> {
                if (value instanceof Opaque child && isModule(child)) {
                    modules.add(new Item(new Text(name), child));
                } else if (hunt.finds(value)) {
                    requireUnpacked(name, value);
                    others.add(new Item(new Text(name), value));
                }
            });
            return new ModuleWalk.Parts(tensors, modules);
        }

        private PickleValue remove(String name, Map<String, PickleValue> fields, Opaque module) {
            PickleValue value = fields.remove(name);
            if (value == null) {
                throw refusals.malformed(
                        "a module of type " + module.typeName() + " lacks its tensor " + Refusals.quote(name));
            }
            if (value instanceof TensorValue tensor) {
                listed.add(tensor.storage().key());
            }
            return value;
        }

        private boolean isModule(Opaque object) {
            return code.find(object.type()).filter(ScriptClass::isModule).isPresent();
        }

        /** PyTorch's own classes keep packed weights, which it counts among a module's state; other fields are none of it. */
        private void requireUnpacked(String name, PickleValue value) {
            if (value instanceof Opaque packed && packed.type().module().startsWith("__torch__.torch.classes")) {
                throw refusals.unsupported(
                        "field " + Refusals.quote(name) + " keeps its weights packed in a " + packed.typeName()
                                + ", which Graft does not read",
                        "save the archive of the model before it was quantized");
            }
        }

        /** Fields that hold tensors of no name; one whose elements the state dict has is not left out. */
        List<String> leftOut() {
            TensorHunt unlisted = new TensorHunt(value -> !(value instanceof TensorValue tensor
                    && listed.contains(tensor.storage().key())));
            return others.stream()
                    .filter(field -> unlisted.finds(field.value()))
                    .map(field -> ((Text) field.key()).value())
                    .toList();
        }
    }
}
