package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.write.OutputTensor;
import java.util.ArrayList;
import java.util.List;

/** Divides tensors into shards as transformers does: greedily, in the given order. */
final class ShardPlan {
    private ShardPlan() {}

    /**
     * The shards, one at least. A tensor above the limit gets a shard of its own, and the one before it goes on to fill.
     *
     * @param limit most bytes of tensor data in a shard
     */
    static List<List<OutputTensor>> divide(List<OutputTensor> tensors, long limit) {
        List<List<OutputTensor>> shards = new ArrayList<>();
        List<OutputTensor> current = new ArrayList<>();
        long filled = 0;
        for (OutputTensor tensor : tensors) {
            long bytes = tensor.dtype().byteCount(tensor.shape());
            if (bytes > limit) {
                shards.add(List.of(tensor));
                continue;
            }
            if (bytes > limit - filled) {
                shards.add(current);
                current = new ArrayList<>();
                filled = 0;
            }
            current.add(tensor);
            filled += bytes;
        }
        if (!current.isEmpty() || shards.isEmpty()) {
            shards.add(current);
        }
        return shards;
    }
}
