package io.graft.djl.operators;

import io.graft.model.parametrization.Form.ScaledCodes.Kernel;

/** An operator of PyTorch, with what is computed around it in the same call. */
public enum Operator {
    /**
     * {@code x @ (codes * scales + offsets)^T + bias}, with inputs and products rounded to bfloat16, within 0.5 % of the exact result
     * (relative Frobenius norm); with offsets, of what codes and offsets give by themselves. Takes x {@code [..., columns]}, codes of I8
     * {@code [rows, columns]} whose columns are a multiple of 32, scales {@code [rows]}, a bias {@code [rows]} or {@code [1]}, and, perhaps,
     * offsets {@code [rows]}.
     */
    WEIGHT_ONLY_INT8("WeightOnlyInt8", "_weight_int8pack_mm"),

    /**
     * The same with each row of the inputs rounded to 8 bits by its own largest magnitude, within 2 % of the exact result for inputs
     * without outliers, with offsets and without. Takes the same inputs, of any shape.
     */
    DYNAMIC_INT8("DynamicInt8", "_int_mm"),

    /**
     * Codes of 4 bits as {@link #WEIGHT_ONLY_INT4} takes them, and their scales and offsets. Takes codes of I8 from -8 to 7
     * {@code [rows, columns]}, whose rows are a multiple of 16, scales {@code [rows, groups]} and, perhaps, as many offsets; gives two
     * arrays, the second of which is of bfloat16, which DJL must not look into.
     */
    PACK_INT4("PackInt4", "_convert_weight_to_int4pack_for_cpu"),

    /**
     * {@code x @ (codes * scales + offsets)^T + bias}, with inputs, scales, offsets and products rounded to bfloat16, within 1 % of the
     * exact result. Takes x {@code [..., columns]}, what {@link #PACK_INT4} gives, for groups of 32, 64, 128 or 256 columns, and a bias {@code [rows]} or
     * {@code [1]}.
     */
    WEIGHT_ONLY_INT4("WeightOnlyInt4", "_weight_int4pack_mm_for_cpu"),

    /** The nearest numbers of bfloat16, of F32 as the numbers that they are taken for; an even last bit where two are as near. */
    ROUND_BFLOAT16("RoundBfloat16", "to"),

    /**
     * {@code softmax(Q Kᵀ / √d + mask) V} in heads, whose scores are never there as a whole; gradients flow through it. Takes queries, keys and
     * values {@code [batch, positions, heads, d]} and, perhaps, a mask that is added to scores {@code [batch, 1, 1 or positions, positions]};
     * gives {@code [batch, positions, heads * d]}.
     */
    ATTENTION("Attention", "scaled_dot_product_attention");

    private final String className;
    private final String inPyTorch;

    Operator(String className, String inPyTorch) {
        this.className = className;
        this.inPyTorch = inPyTorch;
    }

    /**
     * Whether it takes codes of a weight.
     *
     * @param size columns that have one scale
     */
    public boolean takes(long rows, long columns, long size) {
        return switch (this) {
            case WEIGHT_ONLY_INT8 -> Kernel.WEIGHT_ONLY.takes(Byte.SIZE, rows, columns, size);
            case DYNAMIC_INT8 -> Kernel.DYNAMIC.takes(Byte.SIZE, rows, columns, size);
            case PACK_INT4, WEIGHT_ONLY_INT4 -> Kernel.WEIGHT_ONLY.takes(4, rows, columns, size);
            case ROUND_BFLOAT16, ATTENTION -> false;
        };
    }

    /** Its class in the source. */
    String className() {
        return className;
    }

    /** What PyTorch calls it. */
    public String inPyTorch() {
        return inPyTorch;
    }
}
