package io.graft.checkpoint.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartTest {
    @Test
    void aTextNamesAPart() {
        assertEquals(new Part(2, 8), Part.parse("2/8"));
        assertEquals("2/8", new Part(2, 8).toString());
        assertTrue(Part.parse("1/1").isWhole());
    }

    @Test
    void everyFileBelongsToOnePart() {
        for (int file = 0; file < 20; file++) {
            int index = file;
            assertEquals(
                    1,
                    IntStream.rangeClosed(1, 3)
                            .filter(number -> new Part(number, 3).contains(index))
                            .count());
        }
    }

    @Test
    void otherTextsAreRefused() {
        assertMessage("`2` is not a part; write 2/8 for the second one of eight", "2");
        assertMessage("`a/8` is not a part; write 2/8 for the second one of eight", "a/8");
        assertMessage("part 0 of 8 does not exist", "0/8");
        assertMessage("part 9 of 8 does not exist", "9/8");
    }

    private static void assertMessage(String message, String text) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> Part.parse(text))
                        .getMessage());
    }
}
