package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Numbers that are rounded together become what each becomes alone. */
class Float16Test {
    private static void assertSame(float... values) {
        short[] together = new short[values.length];
        Float16.fromFloats(values, together, values.length);
        for (int i = 0; i < values.length; i++) {
            assertEquals(
                    Float16.fromFloat(values[i]), together[i], Integer.toHexString(Float.floatToRawIntBits(values[i])));
        }
    }

    @Test
    void anyBits() {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[5000];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float.intBitsToFloat(random.nextInt());
        }
        assertSame(values);
    }

    @Test
    void numbersThatStayNormalAndZeros() {
        SplittableRandom random = new SplittableRandom(2);
        float[] values = new float[5000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 == 0 ? 0f : i % 11 == 0 ? -0f : (float) random.nextDouble(-70, 70);
        }
        assertSame(values);
    }

    /** What lies half way between two of them, and beside that. */
    @Test
    void everyFiniteOneWithoutSpecialOnes() {
        float[] values = new float[6 * 0x7bff];
        for (int i = 0; i < 0x7bff; i++) {
            float middle = (Float16.toFloat((short) i) + Float16.toFloat((short) (i + 1))) / 2;
            values[6 * i] = Float16.toFloat((short) i);
            values[6 * i + 1] = Math.nextDown(middle);
            values[6 * i + 2] = middle;
            values[6 * i + 3] = Math.nextUp(middle);
            values[6 * i + 4] = -middle;
            values[6 * i + 5] = -Float16.toFloat((short) i);
        }
        assertSame(values);
        float[] back = new float[1 << 16];
        short[] bits = new short[1 << 16];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (short) i;
        }
        Float16.toFloats(bits, back, bits.length);
        for (int i = 0; i < bits.length; i++) {
            assertEquals(Float.floatToRawIntBits(Float16.toFloat(bits[i])), Float.floatToRawIntBits(back[i]));
        }
    }

    /** Where numbers begin to be normal, and where they begin to be infinite; halfway between neighbours, and beside that. */
    @Test
    void edges() {
        for (int bits :
                new int[] {0x38800000, 0x33000000, 0x33800000, 0x477ff000, 0x477fe000, 0x7f800000, 0x3f801000}) {
            for (int step = -2; step <= 2; step++) {
                assertSame(
                        Float.intBitsToFloat(bits + step),
                        1,
                        Float.intBitsToFloat((bits + step) | Integer.MIN_VALUE),
                        Float.intBitsToFloat(bits + 0x1000 + step));
            }
        }
    }

    @Test
    void everyBinary16() {
        float[] values = new float[1 << 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = Float16.toFloat((short) i);
        }
        assertSame(values);
        for (int i = 0; i < values.length; i++) {
            if (!Float.isNaN(values[i])) {
                assertEquals((short) i, Float16.fromFloat(values[i]));
            }
        }
    }
}
