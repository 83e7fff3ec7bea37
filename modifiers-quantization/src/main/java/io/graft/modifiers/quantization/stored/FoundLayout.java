package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.Form;

/** A layout in which weights lie in checkpoints of others, and in which other values can take their place. */
interface FoundLayout {
    /** The {@link io.graft.checkpoint.layout.CheckpointLayout#id id} under which it is found. */
    String id();

    /**
     * How such tensors are made.
     *
     * @throws IllegalArgumentException if they are not made of values; the message says why, as a sentence that goes on after the
     *     tensor's name
     */
    Recipe recipe(FoundSet set);

    /** What such tensors stand for. */
    default Form form(FoundSet set) {
        return new Form.Plain(set.value());
    }
}
