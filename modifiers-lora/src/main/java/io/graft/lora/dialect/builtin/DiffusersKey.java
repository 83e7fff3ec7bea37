package io.graft.lora.dialect.builtin;

import io.graft.lora.dialect.AdapterTensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a key of diffusers says.
 *
 * @param section the model of the pipeline
 * @param module the module's path in it
 */
record DiffusersKey(String section, String module, String slot) {
    static final String ALPHA = "alpha";

    /** The models of pipelines; `transformer.h.` begins a path of GPT-2. */
    private static final Pattern SECTION =
            Pattern.compile("(unet|text_encoder(?:_\\d)?|transformer(?:_\\d)?(?!\\.h\\.)|prior|image_encoder)\\.(.+)");

    /** Attention of before diffusers 0.21, whose layers lay in a processor. */
    private static final Pattern PROCESSOR =
            Pattern.compile("(?:unet\\.)?(.+)\\.processor\\.(to_q|to_k|to_v|to_out)_lora\\.(down|up)\\.weight");

    /** How keys end; the first of a slot is the one that is written. */
    private static final Map<String, String> ENDS = ends();

    private static Map<String, String> ends() {
        Map<String, String> ends = new LinkedHashMap<>();
        ends.put(".lora_A.weight", AdapterTensor.A);
        ends.put(".lora_B.weight", AdapterTensor.B);
        ends.put(".lora_B.bias", AdapterTensor.BIAS);
        ends.put(".lora_magnitude_vector", AdapterTensor.MAGNITUDE);
        ends.put(".lora_magnitude_vector.weight", AdapterTensor.MAGNITUDE);
        ends.put(".lora.down.weight", AdapterTensor.A);
        ends.put(".lora.up.weight", AdapterTensor.B);
        ends.put(".lora_linear_layer.down.weight", AdapterTensor.A);
        ends.put(".lora_linear_layer.up.weight", AdapterTensor.B);
        ends.put(".alpha", ALPHA);
        return ends;
    }

    /** Empty if it is none of an update. */
    static Optional<DiffusersKey> of(String key) {
        Matcher processor = PROCESSOR.matcher(key);
        if (processor.matches()) {
            String layer = processor.group(2).equals("to_out") ? "to_out.0" : processor.group(2);
            return Optional.of(new DiffusersKey(
                    "unet",
                    processor.group(1) + "." + layer,
                    processor.group(3).equals("down") ? AdapterTensor.A : AdapterTensor.B));
        }
        Matcher matcher = SECTION.matcher(key);
        if (matcher.matches()) {
            String name = matcher.group(2);
            for (Map.Entry<String, String> end : ENDS.entrySet()) {
                if (name.endsWith(end.getKey())) {
                    return Optional.of(new DiffusersKey(
                            matcher.group(1),
                            name.substring(0, name.length() - end.getKey().length()),
                            end.getValue()));
                }
            }
        }
        return Optional.empty();
    }

    /** How a key of a slot ends. */
    static String end(String slot) {
        return ENDS.entrySet().stream()
                .filter(end -> end.getValue().equals(slot))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }
}
