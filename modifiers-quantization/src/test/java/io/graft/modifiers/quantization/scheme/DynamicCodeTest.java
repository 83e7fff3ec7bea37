package io.graft.modifiers.quantization.scheme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Codes of scales, held against a look at all of their numbers. */
class DynamicCodeTest {
    private static void assertNearest(float number) {
        float[] numbers = DynamicCode.numbers();
        int nearest = 0;
        while (nearest < numbers.length - 1 && (numbers[nearest] + numbers[nearest + 1]) / 2 < number) {
            nearest++;
        }
        assertEquals(nearest, DynamicCode.code(number), () -> "the code of " + number);
    }

    @Test
    void numbersAndWhatIsHalfWayBetweenThem() {
        float[] numbers = DynamicCode.numbers();
        for (int code = 0; code < numbers.length; code++) {
            assertEquals(code, DynamicCode.code(numbers[code]));
            if (code > 0) {
                float bound = (numbers[code - 1] + numbers[code]) / 2;
                assertNearest(bound);
                assertNearest(Math.nextUp(bound));
                assertNearest(Math.nextDown(bound));
            }
        }
    }

    @Test
    void anyNumber() {
        Random random = new Random(13);
        for (int i = 0; i < 100_000; i++) {
            float magnitude = (float) Math.pow(10, -8 * random.nextDouble());
            assertNearest(magnitude);
            assertNearest(-magnitude);
        }
        for (float number : new float[] {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1.0000001f, -1.0000001f}) {
            assertNearest(number);
        }
    }
}
