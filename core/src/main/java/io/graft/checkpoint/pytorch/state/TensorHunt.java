package io.graft.checkpoint.pytorch.state;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Mapping;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Sequence;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Looks for tensors inside objects of unknown classes. */
public final class TensorHunt {
    // Kept over all objects of a file: what was searched without success need not be searched again.
    private final Set<PickleValue> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Predicate<PickleValue> wanted;

    /** For any tensor. */
    public TensorHunt() {
        this(tensor -> true);
    }

    /**
     * @param wanted the tensors and storages that it looks for
     */
    public TensorHunt(Predicate<PickleValue> wanted) {
        this.wanted = wanted;
    }

    public boolean finds(PickleValue object) {
        Deque<PickleValue> open = new ArrayDeque<>(List.of(object));
        while (!open.isEmpty()) {
            PickleValue value = open.remove();
            if ((value instanceof StorageRef || WrappedTensor.isTensor(value)) && wanted.test(value)) {
                return true;
            }
            if (value instanceof Opaque inner && seen.add(inner)) {
                open.add(inner.arguments());
                open.add(inner.state());
                open.addAll(inner.items());
            } else if (value instanceof Sequence sequence && seen.add(sequence)) {
                open.addAll(sequence.items());
            } else if (value instanceof Mapping mapping && seen.add(mapping)) {
                mapping.items().forEach(item -> open.add(item.value()));
            }
        }
        return false;
    }
}
