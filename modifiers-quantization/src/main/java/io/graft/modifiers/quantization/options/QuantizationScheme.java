package io.graft.modifiers.quantization.options;

import io.graft.problem.Spelling;

/** What a weight is quantized to. */
public enum QuantizationScheme {
    /** 8 bits a value with a scale for each row. */
    INT8,
    /** The same, run with inputs that are quantized as they come. */
    INT8_DYNAMIC,
    /** 4 bits a value with a scale for each group of columns. */
    INT4,
    /** 4 bits a value, quantiles of a normal distribution, in blocks. */
    NF4,
    /** 4 bits a value, floating-point numbers, in blocks. */
    FP4,
    /** 8 bits a value, floating-point numbers, in blocks of rows and columns. */
    FP8;

    /** As options spell it. */
    public String id() {
        return Spelling.of(this);
    }
}
