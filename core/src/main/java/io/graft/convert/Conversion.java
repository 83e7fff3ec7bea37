package io.graft.convert;

import io.graft.checkpoint.write.NamedFormat;
import io.graft.tensor.DType;
import java.util.Optional;

/**
 * What a conversion does.
 *
 * @param format the format to write; if not given, the output's name tells it
 * @param tensors which tensors are written
 * @param dtype the dtype that floating-point tensors get; integers, booleans and complex numbers keep theirs
 * @param maxShardSize bytes of tensor data that a file of a folder holds at most; if not given, 5 GB
 * @param overwrite whether a file, or the model in a folder, is replaced
 */
public record Conversion(
        Optional<NamedFormat> format,
        TensorChoice tensors,
        Optional<DType> dtype,
        NameChanges names,
        Optional<Long> maxShardSize,
        boolean overwrite) {
    /** Another container for the same tensors. */
    public static final Conversion PLAIN = new Conversion(
            Optional.empty(), TensorChoice.ALL, Optional.empty(), NameChanges.NONE, Optional.empty(), false);

    /**
     * @throws IllegalArgumentException if the dtype is none that floating-point numbers can be converted to, or the size is not
     *     positive; the message is one line
     */
    public Conversion {
        if (dtype.filter(type -> !type.isFloatingPoint() || type.bits() < 16).isPresent()) {
            throw new IllegalArgumentException(
                    "values cannot be converted to " + dtype.get() + "; allowed are F16, BF16, F32 and F64");
        }
        if (maxShardSize.filter(size -> size <= 0).isPresent()) {
            throw new IllegalArgumentException("the size of a shard must be positive: " + maxShardSize.get());
        }
    }
}
