package io.graft.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Keys of objects that stand under keys which are data. */
class OptionsTextTest {
    private final OptionsText options =
            OptionsText.parse("overrides { \"a.b\" { block_size = 1, scheme = x }, c { } }");

    @Test
    void keysAreLookedForInEachOfThem() {
        assertTrue(options.has("overrides.block-size"));
        assertFalse(options.has("overrides.kernel"));
        assertFalse(options.has("scheme"));
    }

    @Test
    void keysAreLeftOutOfAllOfThem() {
        assertEquals(
                OptionsText.parse("overrides { \"a.b\" { scheme = x }, c { } }"),
                options.without("overrides.block-size"));
        assertEquals(OptionsText.parse("{}"), options.without("overrides"));
        assertEquals(options, options.without("overrides.kernel"));
    }
}
