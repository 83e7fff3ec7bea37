package io.graft.modifiers.lora.options;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.Matches;
import io.graft.config.decoding.AnyDecoder;
import java.util.Optional;

/**
 * What else the configuration of PEFT has for any adapter of LoRA: kept for its file, or without an effect.
 *
 * @param taskType PEFT's word for what the model does, {@code SEQ_CLS}; kept in the adapter's file, and all-linear leaves out the head of
 *     a classifier
 * @param baseModelNameOrPath kept in the adapter's file
 * @param revision kept in the adapter's file
 * @param autoMapping kept in the adapter's file
 * @param peftType {@code LORA}
 * @param peftVersion without an effect
 * @param inferenceMode without an effect
 * @param megatronCore kept in the adapter's file
 * @param qaloraGroupSize kept in the adapter's file
 * @param evaConfig of an init that is refused: without an effect, which is warned of, and kept in the adapter's file
 * @param cordaConfig of an init that is refused: without an effect, which is warned of, and kept in the adapter's file
 * @param loraGaConfig of an init that is refused: without an effect, which is warned of, and kept in the adapter's file
 */
public record PeftOptions(
        Optional<String> taskType,
        Optional<String> baseModelNameOrPath,
        Optional<String> revision,
        @Decode(AnyDecoder.class) Optional<Object> autoMapping,
        @Default("LORA") @Matches("LORA") String peftType,
        Optional<String> peftVersion,
        @Default("false") boolean inferenceMode,
        Optional<String> megatronCore,
        Optional<Integer> qaloraGroupSize,
        @Decode(AnyDecoder.class) Optional<Object> evaConfig,
        @Decode(AnyDecoder.class) Optional<Object> cordaConfig,
        @Decode(AnyDecoder.class) Optional<Object> loraGaConfig) {
    @Check
    static void whatHasNoEffectIsTold(PeftOptions options, CheckSink sink) {
        warn("eva-config", "eva", options.evaConfig(), sink);
        warn("corda-config", "corda", options.cordaConfig(), sink);
        warn("lora-ga-config", "lora_ga", options.loraGaConfig(), sink);
    }

    private static void warn(String key, String init, Optional<Object> value, CheckSink sink) {
        if (value.isPresent()) {
            sink.on(key)
                    .warn("is for init = " + init + ", which is not there: it has no effect, and is kept for the file");
        }
    }
}
