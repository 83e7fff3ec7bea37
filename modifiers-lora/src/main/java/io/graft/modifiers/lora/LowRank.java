package io.graft.modifiers.lora;

import io.graft.checkpoint.TensorEntry;
import java.util.Optional;

/**
 * The factors of one module's update, as the adapter has them.
 *
 * @param module its path in the adapter, without PEFT's prefix
 * @param isEmbedding whether it is an embedding, whose factors are those of the transposed weight
 * @param a {@code [rank, in]}
 * @param b {@code [out, rank]}
 * @param bias {@code [out]}, what is added to the module's bias
 */
record LowRank(String module, boolean isEmbedding, TensorEntry a, TensorEntry b, Optional<TensorEntry> bias) {
    long rank() {
        return a.shape().dimension(0);
    }

    long in() {
        return a.shape().dimension(1);
    }

    long out() {
        return b.shape().dimension(0);
    }
}
