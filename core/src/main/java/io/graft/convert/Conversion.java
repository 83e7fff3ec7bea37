package io.graft.convert;

import io.graft.checkpoint.write.NamedFormat;
import java.util.Optional;

/**
 * What a conversion does.
 *
 * @param format the format to write; if not given, the output's name tells it
 * @param tensors which tensors are written
 * @param dtype what floating-point tensors become; integers, booleans and complex numbers keep their dtype
 * @param maxShardSize bytes of tensor data that a file of a folder holds at most; if not given, 5 GB
 * @param overwrite whether a file, or the model in a folder, is replaced
 */
public record Conversion(
        Optional<NamedFormat> format,
        TensorChoice tensors,
        Optional<NewDtype> dtype,
        NameChanges names,
        Optional<Long> maxShardSize,
        boolean overwrite) {
    /** Another container for the same tensors. */
    public static final Conversion PLAIN = new Conversion(
            Optional.empty(), TensorChoice.ALL, Optional.empty(), NameChanges.NONE, Optional.empty(), false);

    /**
     * @throws IllegalArgumentException if the size is not positive; the message is one line
     */
    public Conversion {
        if (maxShardSize.filter(size -> size <= 0).isPresent()) {
            throw new IllegalArgumentException("the size of a shard must be positive: " + maxShardSize.get());
        }
    }
}
