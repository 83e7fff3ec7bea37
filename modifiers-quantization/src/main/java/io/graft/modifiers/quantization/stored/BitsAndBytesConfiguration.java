package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.carry.PlainModules;
import io.graft.model.parametrization.StorageConfiguration;
import io.graft.modifiers.quantization.scheme.FourBits;
import io.graft.tensor.DType;
import java.util.List;
import java.util.Map;

/**
 * What transformers has to know to open codes of bitsandbytes.
 *
 * @param says what is said, in JSON by key
 */
record BitsAndBytesConfiguration(Map<String, String> says) implements StorageConfiguration {
    /** Of int8. */
    static final BitsAndBytesConfiguration EIGHT_BITS = new BitsAndBytesConfiguration(Map.of("load_in_8bit", "true"));

    /** Of nf4 and fp4. */
    static BitsAndBytesConfiguration fourBits(FourBits scheme, DType result) {
        return new BitsAndBytesConfiguration(Map.of(
                "load_in_4bit", "true",
                "bnb_4bit_quant_type", Json.text(scheme.id()),
                "bnb_4bit_use_double_quant", Boolean.toString(scheme.isDouble()),
                "bnb_4bit_compute_dtype", Json.text(word(result))));
    }

    /** As PyTorch calls a dtype that values can have. */
    static String word(DType dtype) {
        return switch (dtype) {
            case F16 -> "float16";
            case BF16 -> "bfloat16";
            case F32 -> "float32";
            default -> throw new IllegalArgumentException("bitsandbytes has no values of " + dtype);
        };
    }

    @Override
    public String quantizationConfig(List<String> plain, List<String> quantized) {
        return Json.object(
                says,
                Map.of(
                        "llm_int8_skip_modules",
                        Json.texts(PlainModules.entries(plain, quantized)),
                        "quant_method",
                        Json.text("bitsandbytes")));
    }
}
