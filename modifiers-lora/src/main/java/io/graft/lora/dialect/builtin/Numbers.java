package io.graft.lora.dialect.builtin;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.tensor.LazyTensors;
import java.io.IOException;

/** Numbers that lie in a file as tensors. */
final class Numbers {
    private Numbers() {}

    /** The only element of a tensor. */
    static double one(String key, AdapterSource source) {
        AdapterTensor tensor = source.tensor(key, key, AdapterTensor.SAVED);
        if (tensor.shape().elementCount() != 1) {
            throw source.refusal(
                    Reason.MALFORMED,
                    "`" + key + "` must be one number, and has the shape " + tensor.shape(),
                    "take the file from its source again");
        }
        try {
            float value = LazyTensors.floats(tensor.value())[0];
            if (!Float.isFinite(value)) {
                throw source.refusal(
                        Reason.MALFORMED,
                        "`" + key + "` must be a finite number, and is " + value,
                        "take the file from its source again");
            }
            return value;
        } catch (IOException unreadable) {
            throw source.refusal(
                    Reason.UNREADABLE,
                    "`" + key + "` cannot be read (" + unreadable.getMessage() + ")",
                    "check the file");
        }
    }
}
