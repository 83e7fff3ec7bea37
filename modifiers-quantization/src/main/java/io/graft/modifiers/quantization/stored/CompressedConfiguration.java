package io.graft.modifiers.quantization.stored;

import io.graft.model.parametrization.StorageConfiguration;
import io.graft.modifiers.quantization.scheme.Integers;
import java.util.List;
import java.util.Map;

/**
 * What vLLM and transformers have to know to open compressed-tensors.
 *
 * @param format how codes lie
 * @param weights what is said of the weights, in JSON
 * @param inputs what is said of the inputs of layers, in JSON
 */
record CompressedConfiguration(String format, String weights, String inputs) implements StorageConfiguration {
    /** Of 8-bit floating-point numbers. */
    static final CompressedConfiguration FLOATS =
            new CompressedConfiguration("float-quantized", numbers(8, "float", "channel", 0, true, false), "null");

    /** Of integers in words. */
    static CompressedConfiguration words(Integers integers) {
        return new CompressedConfiguration("pack-quantized", weights(integers), "null");
    }

    /**
     * Of integers as bytes.
     *
     * @param isDynamic whether inputs are quantized as they come
     */
    static CompressedConfiguration bytes(Integers integers, boolean isDynamic) {
        return new CompressedConfiguration(
                "int-quantized", weights(integers), isDynamic ? numbers(8, "int", "token", 0, true, true) : "null");
    }

    private static String weights(Integers integers) {
        return numbers(
                integers.bits(),
                "int",
                integers.group() == 0 ? "channel" : "group",
                integers.group(),
                integers.isSymmetric(),
                false);
    }

    private static String numbers(
            int bits, String type, String strategy, int group, boolean isSymmetric, boolean isDynamic) {
        return "{\"num_bits\": " + bits + ", \"type\": " + Json.text(type) + ", \"strategy\": " + Json.text(strategy)
                + ", \"group_size\": " + (group == 0 ? "null" : group) + ", \"symmetric\": " + isSymmetric
                + ", \"dynamic\": " + isDynamic + "}";
    }

    @Override
    public String quantizationConfig(List<String> plain, List<String> quantized) {
        String group = "{\n      \"group_0\": {\n        \"targets\": [\"Linear\"],\n        \"weights\": " + weights
                + ",\n        \"input_activations\": " + inputs + "\n      }\n    }";
        return Json.object(
                Map.of("config_groups", group, "format", Json.text(format)),
                Map.of(
                        "ignore", Json.texts(plain),
                        "quant_method", Json.text("compressed-tensors"),
                        "quantization_status", Json.text("compressed")));
    }
}
