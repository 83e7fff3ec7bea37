package io.graft.modifiers.quantization.scheme;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;

/**
 * Room for what a scheme makes of numbers on the way, as numbers and as their bits. The compiler has vector instructions for loops over
 * one or the other, and for none that goes from one to the other; so that is done by copies.
 */
final class Scratch {
    private final float[] numbers;
    private final int[] bits;
    private final int[] integers;
    private final FloatBuffer asNumbers;
    private final IntBuffer asBits;

    /** @param most numbers that there are at a time */
    Scratch(int most) {
        numbers = new float[most];
        bits = new int[most];
        integers = new int[most];
        ByteBuffer bytes = ByteBuffer.allocate(most * Float.BYTES).order(ByteOrder.nativeOrder());
        asNumbers = bytes.asFloatBuffer();
        asBits = bytes.asIntBuffer();
    }

    float[] numbers() {
        return numbers;
    }

    int[] bits() {
        return bits;
    }

    /** Room for others. */
    int[] integers() {
        return integers;
    }

    /** Fills {@link #bits} with those of some numbers, which may be its own. */
    void toBits(float[] from, int count) {
        asNumbers.put(0, from, 0, count);
        asBits.get(0, bits, 0, count);
    }

    /** Fills {@link #numbers} with those that its bits are. */
    void toNumbers(int count) {
        asBits.put(0, bits, 0, count);
        asNumbers.get(0, numbers, 0, count);
    }
}
