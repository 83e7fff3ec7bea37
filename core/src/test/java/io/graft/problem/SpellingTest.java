package io.graft.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpellingTest {
    private enum Mode {
        LOAD_BUFFERS,
        F8_E4M3
    }

    @Test
    void aConstantIsSpeltInKebabCase() {
        assertEquals("load-buffers", Spelling.of(Mode.LOAD_BUFFERS));
        assertEquals("f8-e4m3", Spelling.of(Mode.F8_E4M3));
    }

    @Test
    void aConstantIsReadInUpperAndLowerCaseAndInSnakeCase() {
        assertEquals(Optional.of(Mode.LOAD_BUFFERS), Spelling.constant(Mode.class, "load-buffers"));
        assertEquals(Optional.of(Mode.LOAD_BUFFERS), Spelling.constant(Mode.class, "Load_Buffers"));
        assertEquals(Optional.of(Mode.F8_E4M3), Spelling.constant(Mode.class, "F8_E4M3"));
        assertEquals(Optional.empty(), Spelling.constant(Mode.class, "loadbuffers"));
        assertEquals(Optional.empty(), Spelling.constant(Mode.class, " load-buffers"));
    }
}
