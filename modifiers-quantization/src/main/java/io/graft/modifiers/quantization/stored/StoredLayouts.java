package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.options.QuantizationLayout;
import io.graft.modifiers.quantization.options.QuantizationScheme;

/** The layouts that quantized weights can be written in. */
public final class StoredLayouts {
    private StoredLayouts() {}

    /** The one of a name. */
    public static StoredLayout of(QuantizationLayout layout) {
        return switch (layout) {
            case BITSANDBYTES -> new BitsAndBytes();
            case COMPRESSED_TENSORS -> new CompressedTensors();
            case FP8 -> new Fp8Blocks();
            case GGUF -> new Gguf();
        };
    }

    /** The one that a scheme is written in where none is said. */
    public static QuantizationLayout usual(QuantizationScheme scheme) {
        return switch (scheme) {
            case INT8, INT8_DYNAMIC, NF4, FP4 -> QuantizationLayout.BITSANDBYTES;
            case INT4 -> QuantizationLayout.COMPRESSED_TENSORS;
            case FP8 -> QuantizationLayout.FP8;
        };
    }
}
