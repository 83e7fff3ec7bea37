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
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the object of a TorchScript archive again, in the few opcodes that PyTorch's own reader knows: protocol 2, long numbers of
 * eight bytes. What stands in several places is written once, and remembered when it is complete, as PyTorch does it.
 */
public final class ObjectPickle {
    private static final String SCRIPT = "__torch__";

    private final ObjectEdit edit;
    private final IdentityHashMap<PickleValue, Integer> uses;
    private final IdentityHashMap<PickleValue, Integer> memo = new IdentityHashMap<>();
    private final Set<PickleValue> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int remembered;

    private ObjectPickle(PickleValue root, ObjectEdit edit) {
        this.edit = edit;
        this.uses = ObjectTree.uses(root);
    }

    /**
     * The bytes of {@code data.pkl}.
     *
     * @throws IllegalArgumentException if there is a value that no archive of PyTorch holds; the message names its type
     */
    public static byte[] of(PickleValue root, ObjectEdit edit) {
        ObjectPickle pickle = new ObjectPickle(root, edit);
        pickle.out.write(0x80);
        pickle.out.write(2);
        pickle.write(root);
        pickle.out.write('.');
        return pickle.out.toByteArray();
    }

    private void write(PickleValue value) {
        Integer index = memo.get(value);
        if (index != null) {
            recall(index);
        } else if (value instanceof None) {
            out.write('N');
        } else if (value instanceof Flag flag) {
            flag(flag.value());
        } else if (value instanceof Numeric numeric) {
            number(numeric);
        } else if (value instanceof Text text) {
            text(text.value());
        } else if (value instanceof Global global) {
            global(global);
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
        global(shaped.type());
        write(object.arguments());
        if (isMade(object)) {
            out.write(0x81);
            state(object, shaped);
        } else if (object.state() instanceof None) {
            out.write('R');
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
            out.write('}');
            out.write('(');
            for (Item item : fields.items()) {
                if (!(item.key() instanceof Text name && shaped.removed().contains(name.value()))) {
                    write(item.key());
                    write(item.value());
                }
            }
            shaped.added().forEach((name, value) -> {
                text(name);
                if (value instanceof TensorValue tensor) {
                    added(tensor);
                } else {
                    write(value);
                }
            });
            out.write('u');
            out.write('b');
        } else if (!(object.state() instanceof None)) {
            write(object.state());
            out.write('b');
        }
    }

    private void mapping(Mapping mapping) {
        if (mapping.typeName().equals("OrderedDict")) {
            orderedDict();
        } else {
            out.write('}');
        }
        if (!mapping.items().isEmpty()) {
            out.write('(');
            items(mapping);
            out.write('u');
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
                out.write(']');
                if (!items.isEmpty()) {
                    out.write('(');
                    items.forEach(this::write);
                    out.write('e');
                }
                remember(sequence);
            }
            case "tuple" -> {
                startTuple(items.size());
                items.forEach(this::write);
                endTuple(items.size());
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
            recall(index);
            return;
        }
        tensor(edit.of(tensor));
        memo.put(tensor, remembered);
        memorize();
    }

    private void tensor(TensorValue tensor) {
        global("torch._utils", tensor.dtype().isPresent() ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
        out.write('(');
        storage(tensor.storage());
        whole(tensor.offset());
        wholes(tensor.size());
        wholes(tensor.stride());
        flag(tensor.declared().equals(Optional.of(DeclaredKind.PARAMETER)));
        orderedDict();
        tensor.dtype().ifPresent(this::global);
        if (!tensor.view().isEmpty()) {
            out.write('}');
            text(tensor.view());
            flag(true);
            out.write('s');
        }
        out.write('t');
        out.write('R');
    }

    private void storage(StorageRef storage) {
        out.write('(');
        text("storage");
        global(storage.type());
        text(storage.key());
        text(storage.device());
        whole(storage.elementCount());
        out.write('t');
        out.write('Q');
    }

    private void orderedDict() {
        global("collections", "OrderedDict");
        out.write(')');
        out.write('R');
    }

    private void wholes(List<Long> numbers) {
        startTuple(numbers.size());
        numbers.forEach(this::whole);
        endTuple(numbers.size());
    }

    /** Tuples of up to three items have opcodes of their own. */
    private void startTuple(int size) {
        if (size > 3) {
            out.write('(');
        }
    }

    private void endTuple(int size) {
        out.write(size == 0 ? ')' : size > 3 ? 't' : 0x84 + size);
    }

    private void global(Global global) {
        global(global.module(), global.name());
    }

    private void global(String module, String name) {
        String lines = module + "\n" + name + "\n";
        out.write('c');
        out.writeBytes(lines.getBytes(StandardCharsets.UTF_8));
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write('X');
        out.writeBytes(little(Integer.BYTES).putInt(bytes.length).array());
        out.writeBytes(bytes);
    }

    private void flag(boolean value) {
        out.write(value ? 0x88 : 0x89);
    }

    private void number(Numeric numeric) {
        if (numeric.value() instanceof Long whole) {
            whole(whole);
        } else if (numeric.value() instanceof Double real) {
            out.write('G');
            out.writeBytes(ByteBuffer.allocate(Double.BYTES).putDouble(real).array());
        } else {
            throw foreign(numeric);
        }
    }

    private void whole(long number) {
        if (number >= 0 && number < 1 << 8) {
            out.write('K');
            out.write((int) number);
        } else if (number >= 0 && number < 1 << 16) {
            out.write('M');
            out.writeBytes(little(Short.BYTES).putShort((short) number).array());
        } else if (number == (int) number) {
            out.write('J');
            out.writeBytes(little(Integer.BYTES).putInt((int) number).array());
        } else {
            out.write(0x8a);
            out.write(Long.BYTES);
            out.writeBytes(little(Long.BYTES).putLong(number).array());
        }
    }

    /** Only what comes again needs a number. */
    private void remember(PickleValue value) {
        if (uses.getOrDefault(value, 1) > 1) {
            memo.put(value, remembered);
            memorize();
        }
    }

    private void memorize() {
        out.write('r');
        out.writeBytes(little(Integer.BYTES).putInt(remembered++).array());
    }

    private void recall(int index) {
        out.write('j');
        out.writeBytes(little(Integer.BYTES).putInt(index).array());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static IllegalArgumentException foreign(PickleValue value) {
        return new IllegalArgumentException(
                "the archive's object holds a " + value.typeName() + ", which PyTorch's archives do not");
    }
}
