package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.write.OutputTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which storage each tensor of a state dict lies in: one of its own, or that of the tensor which it is another name for.
 *
 * @param keys for each tensor, the number of its storage
 * @param owners for each storage, the tensor that brings its values
 */
record StorageKeys(List<Integer> keys, List<OutputTensor> owners) {
    static StorageKeys of(List<OutputTensor> tensors) {
        Map<String, Integer> byName = new HashMap<>();
        List<Integer> keys = new ArrayList<>();
        List<OutputTensor> owners = new ArrayList<>();
        for (OutputTensor tensor : tensors) {
            int key = tensor.sameAs()
                    .map(other -> sharedKey(tensor, byName.get(other), owners))
                    .orElse(owners.size());
            if (key == owners.size()) {
                owners.add(tensor);
            }
            keys.add(key);
            byName.put(tensor.name(), key);
        }
        return new StorageKeys(keys, owners);
    }

    private static int sharedKey(OutputTensor tensor, Integer key, List<OutputTensor> owners) {
        if (key == null
                || tensor.dtype() != owners.get(key).dtype()
                || !tensor.shape().equals(owners.get(key).shape())) {
            throw new IllegalArgumentException("`" + tensor.name() + "` is no other name of an earlier tensor `"
                    + tensor.sameAs().orElseThrow() + "`");
        }
        return key;
    }
}
