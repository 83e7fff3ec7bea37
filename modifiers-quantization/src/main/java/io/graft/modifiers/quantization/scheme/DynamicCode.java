package io.graft.modifiers.quantization.scheme;

/**
 * The 256 numbers from -1 to 1 that bitsandbytes codes scales by: finer near zero, in steps of tens. They are written down, since no
 * formula gives all of them to the last bit.
 */
final class DynamicCode {
    /** The 127 numbers above zero that are there with both signs, and one, which has no negative. */
    private static final String POSITIVE =
            "3513a3b7365a1a94370205ff37b2420638378034388aefb338ba1f4b3923d70b398ce70539c7e2833a016f013a1eecc1"
                    + "3a3c6a803a59e83e3a7765ff3aa7ef9d3af1a9fc3b1db22d3b428f5c3b676c8a3b8624dd3b9893743bab020d3bbd70a4"
                    + "3bcfdf3b3be24dd33bf4bc6a3c0395813c0ccccd3c1604183c1f3b643c3ae1483c68f5c33c8b851f3ca28f5d3cb9999a"
                    + "3cd0a3d73ce7ae153cfeb8523d0ae1483d1666673d21eb853d2d70a33d38f5c33d447ae13d5000003d5b851f3d670a3d"
                    + "3d728f5d3d7e147b3d84cccd3d8a8f5d3d9051eb3d96147b3d9bd70a3da1999a3da75c2a3dad1eb83db2e1483db8a3d7"
                    + "3dbe66673dc428f73dc9eb853ddb33343df800003e0a66663e18cccd3e2733333e35999a3e4400003e5266663e60cccd"
                    + "3e6f33333e7d99993e8600003e8d33343e9466663e9b999a3ea2cccc3eaa00003eb133333eb866663ebf999a3ec6cccc"
                    + "3ece00003ed533333edc66663ee3999a3eeacccc3ef200003ef933323f0033333f03cccc3f0766663f0b00003f0e999a"
                    + "3f1233343f15cccd3f1966663f1d00003f20999a3f2433343f27cccd3f2b66663f2f00003f32999a3f3633343f39cccd"
                    + "3f3d66663f4100003f44999a3f4833333f4bcccd3f4f66663f5300003f56999a3f5a33333f5dcccd3f6166663f650000"
                    + "3f68999a3f6c33333f6fcccd3f7366663f7700003f7a999a3f7e33333f800000";

    private static final int SIZE = 1 << Byte.SIZE;
    private static final float[] NUMBERS = numbers(POSITIVE);
    private static final float[] BOUNDS = bounds(NUMBERS);

    /** Bits of a number that are not looked at first: between numbers that are alike in the others lie two bounds at most. */
    private static final int ALIKE = 18;

    private static final byte[] FIRST = first(BOUNDS);

    private DynamicCode() {}

    /** By code, which is in their order. */
    static float[] numbers() {
        return NUMBERS.clone();
    }

    static float number(int code) {
        return NUMBERS[code];
    }

    /** The code of a number from -1 to 1: that of the nearest one, of the lower one from half way between two. */
    static int code(float number) {
        int code = FIRST[Float.floatToRawIntBits(number) >>> ALIKE] & 0xff;
        while (code < BOUNDS.length && BOUNDS[code] < number) {
            code++;
        }
        return code;
    }

    /** How many bounds are below all numbers whose first bits are alike. */
    private static byte[] first(float[] bounds) {
        byte[] first = new byte[1 << (Integer.SIZE - ALIKE)];
        for (int i = 0; i < first.length; i++) {
            int bits = i << ALIKE;
            float least = Float.intBitsToFloat(bits < 0 ? bits | ((1 << ALIKE) - 1) : bits);
            int below = 0;
            while (below < bounds.length && bounds[below] < least) {
                below++;
            }
            first[i] = (byte) below;
        }
        return first;
    }

    private static float[] numbers(String positive) {
        float[] numbers = new float[SIZE];
        int digits = Integer.SIZE / 4;
        int pairs = SIZE / 2 - 1;
        for (int i = 0; i <= pairs; i++) {
            float number = Float.intBitsToFloat(
                    Integer.parseUnsignedInt(positive.substring(i * digits, (i + 1) * digits), 16));
            numbers[SIZE / 2 + i] = number;
            if (i < pairs) {
                numbers[pairs - 1 - i] = -number;
            }
        }
        return numbers;
    }

    private static float[] bounds(float[] numbers) {
        float[] bounds = new float[SIZE - 1];
        for (int i = 0; i < bounds.length; i++) {
            bounds[i] = (numbers[i] + numbers[i + 1]) / 2;
        }
        return bounds;
    }
}
