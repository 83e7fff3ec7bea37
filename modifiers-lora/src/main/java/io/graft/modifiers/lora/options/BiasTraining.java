package io.graft.modifiers.lora.options;

import io.graft.config.DecodedBy;

/**
 * Which biases are trained.
 *
 * @param kind none, all, or those of adapted modules
 */
@DecodedBy(BiasTrainingDecoder.class)
public record BiasTraining(Kind kind) {
    /** Which. */
    public enum Kind {
        NONE("none"),
        ALL("all"),
        /** Those of the modules that are adapted. */
        LORA_ONLY("lora_only");

        private final String peft;

        Kind(String peft) {
            this.peft = peft;
        }
    }

    /** No bias. */
    public static final BiasTraining NONE = new BiasTraining(Kind.NONE);

    /** As PEFT's configuration has it, and as it is written. */
    @Override
    public String toString() {
        return kind.peft;
    }
}
