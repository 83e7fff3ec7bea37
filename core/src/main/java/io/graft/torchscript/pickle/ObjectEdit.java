package io.graft.torchscript.pickle;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Global;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a pickle has otherwise when it is written again: tensors in the place of others, and objects of another class. */
public final class ObjectEdit {
    private final IdentityHashMap<TensorValue, TensorValue> tensors = new IdentityHashMap<>();
    private final IdentityHashMap<Opaque, Shaped> objects = new IdentityHashMap<>();

    /**
     * An object as it is written.
     *
     * @param added fields that come last
     * @param made fields that come behind them, with objects that are new
     * @param removed fields that are left out
     */
    record Shaped(Global type, Map<String, PickleValue> added, Map<String, Made> made, Set<String> removed) {
        /** Whether its fields are others than before. */
        boolean hasOtherFields() {
            return !added.isEmpty() || !made.isEmpty() || !removed.isEmpty();
        }
    }

    /**
     * A new object, which sets itself from a tuple of tensors.
     *
     * @param type has {@code __setstate__}
     */
    public record Made(Global type, List<TensorValue> state) {
        public Made {
            state = List.copyOf(state);
        }
    }

    /** With nothing in it. */
    public ObjectEdit() {}

    /** Puts a tensor in the place of one, wherever that stands. */
    public void replace(TensorValue old, TensorValue replacement) {
        tensors.put(old, replacement);
    }

    /** Gives an object another class, fields more, and others less. */
    public void reshape(
            Opaque object, Global type, Map<String, PickleValue> added, Map<String, Made> made, Set<String> removed) {
        objects.put(
                object, new Shaped(type, new LinkedHashMap<>(added), new LinkedHashMap<>(made), Set.copyOf(removed)));
    }

    /** The tensor that is written for one. */
    public TensorValue of(TensorValue tensor) {
        return tensors.getOrDefault(tensor, tensor);
    }

    Shaped of(Opaque object) {
        Shaped shaped = objects.get(object);
        return shaped == null ? new Shaped(object.type(), Map.of(), Map.of(), Set.of()) : shaped;
    }

    /** Whether nothing changes. */
    public boolean isEmpty() {
        return tensors.isEmpty() && objects.isEmpty();
    }
}
