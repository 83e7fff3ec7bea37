package io.graft.torchscript;

import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.pickle.PickleValue.Opaque;
import io.graft.checkpoint.pytorch.pickle.PickleValue.StorageRef;
import io.graft.checkpoint.pytorch.pickle.PickleValue.TensorValue;
import io.graft.torchscript.pickle.ObjectTree;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What looks at the storages of an archive.
 *
 * @param tensors by the storage's key, the nodes that describe its elements
 * @param foreign keys of storages that something else than a tensor holds as well
 */
record StorageUses(Map<String, Set<TensorValue>> tensors, Set<String> foreign) {
    /** Those of what an object holds. */
    static StorageUses of(Opaque root) {
        StorageUses uses = new StorageUses(new HashMap<>(), new HashSet<>());
        for (PickleValue node : ObjectTree.uses(root).keySet()) {
            if (node instanceof TensorValue tensor) {
                uses.tensors
                        .computeIfAbsent(
                                tensor.storage().key(), key -> Collections.newSetFromMap(new IdentityHashMap<>()))
                        .add(tensor);
            } else if (node instanceof StorageRef storage) {
                uses.foreign.add(storage.key());
            }
        }
        return uses;
    }

    /** The keys of all, in a set of the caller's own. */
    Set<String> keys() {
        Set<String> keys = new HashSet<>(tensors.keySet());
        keys.addAll(foreign);
        return keys;
    }

    /** Every node that describes the same elements. */
    Set<TensorValue> sameAs(TensorValue tensor) {
        return tensors.getOrDefault(tensor.storage().key(), Set.of(tensor));
    }

    /** Whether nothing looks at a tensor's storage in another way than the tensor does. */
    boolean isAlone(TensorValue tensor) {
        return !foreign.contains(tensor.storage().key())
                && sameAs(tensor).stream().allMatch(tensor::equals);
    }
}
