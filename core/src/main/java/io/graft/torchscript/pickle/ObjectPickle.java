package io.graft.torchscript.pickle;

import io.graft.checkpoint.DeclaredKind;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Flag;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.None;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes the object of a TorchScript archive again. What stands in several places is written once, and remembered when it is complete, as PyTorch does it.
 */
public final class ObjectPickle {
    private static final String SCRIPT = "__torch__";

    private final ObjectEdit edit;
    private final IdentityHashMap<PickleValue, Integer> uses;
    private final IdentityHashMap<PickleValue, Integer> memo = new IdentityHashMap<>();
    private final Set<PickleValue> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Opcodes out = new Opcodes();
    private final Consumer<String> storages;

    private ObjectPickle(PickleValue root, ObjectEdit edit, Consumer<String> storages) {
        this.edit = edit;
        this.storages = storages;
        this.uses = ObjectTree.uses(root);
    }

    /**
     * The bytes of {@code data.pkl}.
     *
     * @param storages is told the key of each storage that it refers to
     * @throws IllegalArgumentException if there is a value that no archive of PyTorch holds; the message names its type
     */
    public static byte[] of(PickleValue root, ObjectEdit edit, Consumer<String> storages) {
        ObjectPickle pickle = new ObjectPickle(root, edit, storages);
        pickle.write(root);
        return pickle.out.finish();
    }

    private void write(PickleValue value) {
        Integer index = memo.get(value);
        if (index != null) {
            out.recall(index);
        } else if (value instanceof None) {
            out.put('N');
        } else if (value instanceof Flag flag) {
            out.flag(flag.value());
        } else if (value instanceof Numeric numeric) {
            number(numeric);
        } else if (value instanceof Text text) {
            out.text(text.value());
        } else if (value instanceof Global global) {
            out.global(global);
        } else if (value instanceof StorageRef storage) {
            storage(storage);
        } else if (value instanceof TensorValue tensor) {
            tensor(edit.of(tensor));
            remember(value);
        } else if (value instanceof Mapping mapping) {
            mapping(mapping);
        } else if (value instanceof Sequence sequence) {
            sequence(sequence);
        } else if (value instanceof Opaque object && object.items().isEmpty()) {
            object(object);
        } else {
            throw foreign(value);
        }
    }

    private void object(Opaque object) {
        if (!open.add(object)) {
            throw new IllegalArgumentException(
                    "the archive's object holds a " + object.typeName() + " that holds itself");
        }
        ObjectEdit.Shaped shaped = edit.of(object);
        out.global(shaped.type());
        write(object.arguments());
        if (isMade(object)) {
            out.put(0x81);
            state(object, shaped);
        } else if (object.state() instanceof None) {
            out.put('R');
        } else {
            throw foreign(object);
        }
        open.remove(object);
        remember(object);
    }

    /** Objects of the archive's own classes are made without arguments, and get a state; all else is called. */
    private static boolean isMade(Opaque object) {
        return (object.type().module() + ".").startsWith(SCRIPT + ".")
                && object.arguments() instanceof Sequence arguments
                && arguments.items().isEmpty();
    }

    private void state(Opaque object, ObjectEdit.Shaped shaped) {
        if (object.state() instanceof Mapping fields && shaped.hasOtherFields()) {
            out.put('}');
            out.put('(');
            for (Item item : fields.items()) {
                if (!(item.key() instanceof Text name && shaped.removed().contains(name.value()))) {
                    write(item.key());
                    write(item.value());
                }
            }
            shaped.added().forEach((name, value) -> {
                out.text(name);
                if (value instanceof TensorValue tensor) {
                    added(tensor);
                } else {
                    write(value);
                }
            });
            shaped.made().forEach((name, made) -> {
                out.text(name);
                made(made);
            });
            out.put('u');
            out.put('b');
        } else if (!(object.state() instanceof None)) {
            write(object.state());
            out.put('b');
        }
    }

    private void made(ObjectEdit.Made made) {
        out.global(made.type());
        out.startTuple(0);
        out.endTuple(0);
        out.put(0x81);
        out.startTuple(made.state().size());
        made.state().forEach(this::added);
        out.endTuple(made.state().size());
        out.put('b');
    }

    private void mapping(Mapping mapping) {
        if (mapping.typeName().equals("OrderedDict")) {
            out.orderedDict();
        } else {
            out.put('}');
        }
        if (!mapping.items().isEmpty()) {
            out.put('(');
            items(mapping);
            out.put('u');
        }
        remember(mapping);
    }

    private void items(Mapping mapping) {
        for (Item item : mapping.items()) {
            write(item.key());
            write(item.value());
        }
    }

    private void sequence(Sequence sequence) {
        List<PickleValue> items = sequence.items();
        switch (sequence.typeName()) {
            case "list" -> {
                out.put(']');
                if (!items.isEmpty()) {
                    out.put('(');
                    items.forEach(this::write);
                    out.put('e');
                }
                remember(sequence);
            }
            case "tuple" -> {
                out.startTuple(items.size());
                items.forEach(this::write);
                out.endTuple(items.size());
                if (!items.isEmpty()) {
                    remember(sequence);
                }
            }
            default -> throw foreign(sequence);
        }
    }

    /** A tensor that the tree does not hold, and that several objects may get. */
    private void added(TensorValue tensor) {
        Integer index = memo.get(tensor);
        if (index != null) {
            out.recall(index);
            return;
        }
        tensor(edit.of(tensor));
        memo.put(tensor, out.memorize());
    }

    private void tensor(TensorValue tensor) {
        out.global("torch._utils", tensor.dtype().isPresent() ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
        out.put('(');
        storage(tensor.storage());
        out.whole(tensor.offset());
        out.wholes(tensor.size());
        out.wholes(tensor.stride());
        out.flag(tensor.declared().equals(Optional.of(DeclaredKind.PARAMETER)));
        out.orderedDict();
        tensor.dtype().ifPresent(out::global);
        if (!tensor.view().isEmpty()) {
            out.put('}');
            out.text(tensor.view());
            out.flag(true);
            out.put('s');
        }
        out.put('t');
        out.put('R');
    }

    private void storage(StorageRef storage) {
        storages.accept(storage.key());
        out.put('(');
        out.text("storage");
        out.global(storage.type());
        out.text(storage.key());
        out.text(storage.device());
        out.whole(storage.elementCount());
        out.put('t');
        out.put('Q');
    }

    private void number(Numeric numeric) {
        if (numeric.value() instanceof Long whole) {
            out.whole(whole);
        } else if (numeric.value() instanceof Double real) {
            out.real(real);
        } else {
            throw foreign(numeric);
        }
    }

    /** Only what comes again needs a number. */
    private void remember(PickleValue value) {
        if (uses.getOrDefault(value, 1) > 1) {
            memo.put(value, out.memorize());
        }
    }

    private static IllegalArgumentException foreign(PickleValue value) {
        return new IllegalArgumentException(
                "the archive's object holds a " + value.typeName() + ", which PyTorch's archives do not");
    }
}
