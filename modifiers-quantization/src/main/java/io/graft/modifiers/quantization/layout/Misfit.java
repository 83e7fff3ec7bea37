package io.graft.modifiers.quantization.layout;

import io.graft.checkpoint.layout.TensorSet.Refusal;

/** Says why stored tensors are no weight together. */
final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    private final String help;

    private Misfit(String reason, String help) {
        super(reason);
        this.help = help;
    }

    static Misfit ofBlock(String reason) {
        return new Misfit(
                reason, "let weight_block_size in config.json say the block that the model was quantized with");
    }

    static Misfit ofShape(String reason) {
        return new Misfit(reason, "quantize the model again, or take another copy of the file");
    }

    static Misfit ofConfiguration(String reason) {
        return new Misfit(reason, "take the configuration that belongs to the weights");
    }

    static Misfit incomplete(String reason) {
        return new Misfit(reason, "take the whole checkpoint, with all its shards");
    }

    static Misfit unread(String reason) {
        return new Misfit(reason, "give the checkpoint that it was made from");
    }

    Refusal refusal() {
        return new Refusal(getMessage(), help);
    }
}
