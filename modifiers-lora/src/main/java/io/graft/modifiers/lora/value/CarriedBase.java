package io.graft.modifiers.lora.value;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.DraftTensor;
import io.graft.tensor.CastTensor;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;

/**
 * A weight that an adapter carries along as it was before training. Its values are compared with the model's when that is planned: only
 * so can be told whether it changes anything.
 */
public record CarriedBase(AdapterSource source, AdapterTensor carried) {
    private static final int AT_ONCE = 1 << 20;

    /** Whether it is what the model has, or had before adapters were merged into it, both rounded as the model is. */
    public boolean isThatOf(DraftTensor target) {
        return target.base()
                .sources()
                .filter(tensor -> tensor.shape().equals(target.shape()))
                .anyMatch(tensor -> equal(tensor, target));
    }

    private boolean equal(LazyTensor original, DraftTensor target) {
        try {
            TensorData one = CastTensor.to(target.dtype(), original).materialize();
            TensorData other = CastTensor.to(target.dtype(), carried.value()).materialize();
            long bytes = one.byteCount();
            boolean equal = bytes == other.byteCount();
            for (long at = 0; equal && at < bytes; at += AT_ONCE) {
                int length = (int) Math.min(AT_ONCE, bytes - at);
                equal = one.window(at, length).equals(other.window(at, length));
            }
            return equal;
        } catch (IOException unreadable) {
            throw new CheckpointException(
                    Reason.UNREADABLE,
                    source.location(),
                    "`" + carried.key() + "` cannot be compared with `" + target.name() + "` of the model",
                    "check both files",
                    unreadable);
        }
    }
}
