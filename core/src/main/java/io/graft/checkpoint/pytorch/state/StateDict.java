package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Numeric;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.SubclassTensor;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Text;
import io.graft.problem.FirstFew;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tensors of one dict by name, and a word on what else lies in it. */
public final class StateDict {
    private static final int MOST_OBJECTS = 10_000;

    private StateDict() {}

    /** Whether a dict holds tensors under texts and nothing else. */
    static boolean is(Mapping dict) {
        return !dict.items().isEmpty()
                && dict.items().stream()
                        .allMatch(item -> item.key() instanceof Text && WrappedTensor.isTensor(item.value()));
    }

    /**
     * The tensors, those of a kind that is not read among them.
     *
     * @param warnings gets a sentence on what is no tensor, and one on what is read as less than it is
     * @throws CheckpointException if a name is unfit or given twice
     */
    public static Map<String, NamedTensor> read(Mapping dict, List<String> warnings, Refusals refusals) {
        Map<String, NamedTensor> tensors = new LinkedHashMap<>();
        FirstFew others = new FirstFew();
        FirstFew subclasses = new FirstFew();
        TensorHunt hunt = new TensorHunt();
        for (Item item : dict.items()) {
            PickleValue value = item.value();
            Optional<TensorValue> tensor = item.key() instanceof Text ? WrappedTensor.plain(value) : Optional.empty();
            if (tensor.isPresent()) {
                put(((Text) item.key()).value(), new NamedTensor.Plain(tensor.get()), tensors, refusals);
                if (value instanceof SubclassTensor) {
                    subclasses.add(() -> described(item));
                }
            } else if (item.key() instanceof Text name
                    && (WrappedTensor.isTensor(value) || (value instanceof Opaque && hunt.finds(value)))) {
                put(name.value(), NamedTensor.unread(value), tensors, refusals);
            } else {
                others.add(() -> described(item));
            }
        }
        if (!subclasses.isEmpty()) {
            warnings.add("read as plain tensors: " + subclasses);
        }
        if (!others.isEmpty()) {
            warnings.add("not tensors, so left out of the state dict: " + others);
        }
        return tensors;
    }

    /** What of a dict is no tensor, and its type; at most so many as messages could ever need. */
    static Map<String, String> objects(Mapping dict) {
        TensorHunt hunt = new TensorHunt();
        Map<String, String> objects = new LinkedHashMap<>();
        for (Item item : dict.items()) {
            if (objects.size() < MOST_OBJECTS
                    && item.key() instanceof Text name
                    && !WrappedTensor.isTensor(item.value())
                    && !(item.value() instanceof Opaque && hunt.finds(item.value()))) {
                objects.put(name.value(), item.value().typeName());
            }
        }
        return objects;
    }

    /** What a dict holds, for messages. */
    static String describe(Mapping dict) {
        FirstFew described = new FirstFew();
        dict.items().forEach(item -> described.add(() -> described(item)));
        return described.isEmpty() ? "there are none" : described.toString();
    }

    private static void put(String name, NamedTensor tensor, Map<String, NamedTensor> tensors, Refusals refusals) {
        String flaw = TensorName.flaw(name);
        if (flaw != null) {
            throw refusals.refused("the tensor name " + Refusals.quote(name) + " " + flaw);
        }
        if (tensors.put(name, tensor) != null) {
            throw refusals.refused("the state dict has " + Refusals.quote(name) + " twice");
        }
    }

    private static String described(Item item) {
        return keyText(item.key()) + " (" + item.value().typeName() + ")";
    }

    private static String keyText(PickleValue key) {
        if (key instanceof Text text) {
            return Refusals.quote(text.value());
        }
        return key instanceof Numeric number ? number.value().toString() : "a " + key.typeName();
    }
}
