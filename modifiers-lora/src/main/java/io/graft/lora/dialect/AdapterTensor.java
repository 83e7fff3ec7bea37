package io.graft.lora.dialect;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;

/**
 * A tensor of an adapter.
 *
 * @param key what its file calls it, for messages
 * @param module the dotted path of the module that it is of, with the wrappers ({@code base_layer}) that PEFT puts around a module of
 *     several updates; of a {@link #SAVED} tensor, its own name
 * @param slot what it is to the module: one of the constants here for LoRA, a word of its own for another method
 */
public record AdapterTensor(String key, String module, String slot, LazyTensor value) {
    /** {@code [rank, in]}, of a convolution {@code [rank, in, kernel...]}. */
    public static final String A = "lora_A";

    /** {@code [out, rank]}, of a convolution {@code [out, rank, 1...]}. */
    public static final String B = "lora_B";

    /** {@code [out]}, which is scaled and added to the module's bias. */
    public static final String BIAS = "lora_bias";

    /** {@code [rank, rows]}, of an embedding. */
    public static final String EMBEDDING_A = "lora_embedding_A";

    /** {@code [dimension, rank]}, of an embedding. */
    public static final String EMBEDDING_B = "lora_embedding_B";

    /** A number for each output: the update gives directions only. */
    public static final String MAGNITUDE = "lora_magnitude_vector";

    /** {@code [count, dimension]}: rows of an embedding that take the place of those that it has. */
    public static final String ROWS = "trainable_tokens_delta";

    /** A tensor that takes the place of the model's. */
    public static final String SAVED = "saved";

    public Shape shape() {
        return value.shape();
    }

    public DType dtype() {
        return value.dtype();
    }

    /** The same under another key, as a dialect writes it. */
    public AdapterTensor named(String other) {
        return new AdapterTensor(other, module, slot, value);
    }

    /** Another tensor in its place. */
    public AdapterTensor with(LazyTensor other) {
        return new AdapterTensor(key, module, slot, other);
    }
}
