package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.Aside;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Item;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.storage.TensorResolver;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;

/** Counts tensors in values that are no state dict, each value of a file once, however many keys lead to it. */
final class TensorCount {
    private final Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The tensors that a value holds, however deep. */
    Aside of(String name, PickleValue value) {
        int tensors = 0;
        long bytes = 0;
        Deque<PickleValue> open = new ArrayDeque<>();
        add(value, open);
        while (!open.isEmpty()) {
            PickleValue at = open.remove();
            if (WrappedTensor.isTensor(at)) {
                tensors++;
                bytes += WrappedTensor.plain(at).map(TensorResolver::bytes).orElse(0L);
            } else if (at instanceof Opaque object) {
                add(object.arguments(), open);
                add(object.state(), open);
                object.items().forEach(item -> add(item, open));
            } else if (at instanceof Sequence sequence) {
                sequence.items().forEach(item -> add(item, open));
            } else if (at instanceof Mapping mapping) {
                mapping.items().stream().map(Item::value).forEach(item -> add(item, open));
            }
        }
        return new Aside(name, tensors, bytes);
    }

    private void add(PickleValue value, Deque<PickleValue> open) {
        boolean mayHold = WrappedTensor.isTensor(value)
                || value instanceof Opaque
                || value instanceof Sequence
                || value instanceof Mapping;
        if (mayHold && seen.add(value)) {
            open.add(value);
        }
    }
}
