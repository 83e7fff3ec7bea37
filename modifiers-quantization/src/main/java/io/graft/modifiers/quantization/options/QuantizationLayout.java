package io.graft.modifiers.quantization.options;

import io.graft.problem.Spelling;

/** How quantized weights lie in a file. */
public enum QuantizationLayout {
    /** The keys of bitsandbytes. */
    BITSANDBYTES,
    /** The keys of compressed-tensors, as vLLM and transformers open them. */
    COMPRESSED_TENSORS,
    /** 8-bit floating-point numbers with scales of square blocks, as DeepSeek and Qwen have them. */
    FP8,
    /** Blocks of a GGUF file. */
    GGUF;

    /** As options spell it. */
    public String id() {
        return Spelling.of(this);
    }
}
