package io.graft.modifiers.quantization.scheme;

/**
 * Scales in 8 bits each, as bitsandbytes has them: what they are away from their mean, in blocks with a scale of their own.
 */
public final class DoubleQuantization {
    /** Scales of a block. */
    public static final int BLOCK = 256;

    private static final float SMALLEST = 1e-38f;

    private final byte[] codes;
    private final float[] scales;
    private final float offset;

    private DoubleQuantization(byte[] codes, float[] scales, float offset) {
        this.codes = codes;
        this.scales = scales;
        this.offset = offset;
    }

    /** Of the scales of a whole weight. */
    public static DoubleQuantization of(float[] all) {
        double sum = 0;
        for (float scale : all) {
            sum += scale;
        }
        return of(all, (float) (sum / all.length));
    }

    /** Of the scales of a whole weight, and another number than their mean. */
    public static DoubleQuantization of(float[] all, float offset) {
        byte[] codes = new byte[all.length];
        float[] scales = new float[(all.length + BLOCK - 1) / BLOCK];
        for (int block = 0; block < scales.length; block++) {
            int from = block * BLOCK;
            int to = Math.min(all.length, from + BLOCK);
            float largest = 0;
            for (int i = from; i < to; i++) {
                largest = Math.max(largest, Math.abs(all[i] - offset));
            }
            boolean isWhole = to - from == BLOCK;
            float divisor = Math.max(largest, SMALLEST);
            float inverse = 1 / divisor;
            for (int i = from; i < to; i++) {
                float apart = all[i] - offset;
                codes[i] = (byte) DynamicCode.code(isWhole ? apart * inverse : apart / divisor);
            }
            scales[block] = isWhole ? largest : divisor;
        }
        return new DoubleQuantization(codes, scales, offset);
    }

    /** The blocks that so many scales make. */
    public static long blocks(long scales) {
        return scales / BLOCK + (scales % BLOCK == 0 ? 0 : 1);
    }

    /** One for each scale. */
    public byte[] codes() {
        return codes;
    }

    /** One for each block of codes. */
    public float[] scales() {
        return scales;
    }

    /** The mean. It is summed in 64 bits, so that the last bit may be another one than that of a sum in 32. */
    public float offset() {
        return offset;
    }

    /** The numbers that the codes stand for, by code. */
    public static float[] numbers() {
        return DynamicCode.numbers();
    }

    /** The scales that this gives again. */
    public float[] restored() {
        float[] restored = new float[codes.length];
        for (int i = 0; i < codes.length; i++) {
            restored[i] = DynamicCode.number(codes[i] & 0xff) * scales[i / BLOCK] + offset;
        }
        return restored;
    }
}
