package io.graft.modifiers.lora.options;

import io.graft.config.Decode;
import io.graft.config.decoding.AnyDecoder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the configuration of PEFT has for variants of LoRA that are not there.
 *
 * @param veloraConfig refused where it asks for anything
 * @param useQalora refused where it asks for anything
 * @param useBdlora refused where it asks for anything
 * @param kasaConfig refused where it asks for anything
 * @param montecloraConfig refused where it asks for anything
 * @param arrowConfig refused where it asks for anything
 * @param aloraInvocationTokens refused where it asks for anything
 * @param layerReplication refused where it asks for anything
 * @param megatronConfig refused where it asks for anything
 */
public record VariantOptions(
        @Decode(AnyDecoder.class) Optional<Object> veloraConfig,
        @Decode(AnyDecoder.class) Optional<Object> useQalora,
        @Decode(AnyDecoder.class) Optional<Object> useBdlora,
        @Decode(AnyDecoder.class) Optional<Object> kasaConfig,
        @Decode(AnyDecoder.class) Optional<Object> montecloraConfig,
        @Decode(AnyDecoder.class) Optional<Object> arrowConfig,
        @Decode(AnyDecoder.class) Optional<Object> aloraInvocationTokens,
        @Decode(AnyDecoder.class) Optional<Object> layerReplication,
        @Decode(AnyDecoder.class) Optional<Object> megatronConfig) {
    /** What is given, under PEFT's names. */
    public Map<String, Object> values() {
        Map<String, Object> values = new TreeMap<>();
        useQalora.ifPresent(value -> values.put("use_qalora", value));
        useBdlora.ifPresent(value -> values.put("use_bdlora", value));
        kasaConfig.ifPresent(value -> values.put("kasa_config", value));
        montecloraConfig.ifPresent(value -> values.put("monteclora_config", value));
        arrowConfig.ifPresent(value -> values.put("arrow_config", value));
        aloraInvocationTokens.ifPresent(value -> values.put("alora_invocation_tokens", value));
        layerReplication.ifPresent(value -> values.put("layer_replication", value));
        megatronConfig.ifPresent(value -> values.put("megatron_config", value));
        veloraConfig.ifPresent(value -> values.put("velora_config", value));
        return values;
    }
}
