package io.graft.modifiers.lora.options;

import io.graft.config.Accepts;
import io.graft.config.reading.Decoder;

/** Decodes a {@link BiasTraining}. */
@Accepts(value = "none, all or lora-only", schema = "{ \"enum\": [\"none\", \"all\", \"lora-only\", \"lora_only\"] }")
public final class BiasTrainingDecoder implements Decoder<BiasTraining> {
    /** As generated code makes it. */
    public BiasTrainingDecoder() {}

    @Override
    public String expected() {
        return "none, all or lora-only";
    }

    @Override
    public BiasTraining decode(String text) {
        for (BiasTraining.Kind kind : BiasTraining.Kind.values()) {
            BiasTraining training = new BiasTraining(kind);
            if (training.toString().equals(text.replace('-', '_'))) {
                return training;
            }
        }
        throw new IllegalArgumentException("`" + text + "` is none of: none, all, lora-only");
    }
}
