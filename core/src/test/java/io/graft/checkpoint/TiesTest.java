package io.graft.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TiesTest {
    /** In the fixture {@code transposed} has the same bytes as {@code base}, but is read in another way. */
    @Test
    void namesOfOneTensorAreAGroup() throws Exception {
        Path corners =
                Path.of(TiesTest.class.getResource("/fixtures/torch/corners.pt").toURI());
        assertEquals(List.of(List.of("base", "tied")), Checkpoint.open(corners).ties());
        Path plain = Path.of(TiesTest.class.getResource("/fixtures/m43/init.pt").toURI());
        assertEquals(List.of(), Checkpoint.open(plain).ties());
    }
}
