package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Expected texts, kept as files beside the tests' resources. */
final class Golden {
    static final Path RESOURCES = Path.of("src/test/resources/io/graft/config");

    private Golden() {}

    /** A missing file fails and shows what to put there, once it has been read and found right. */
    static void assertMatches(Path golden, String actual) throws IOException {
        if (!Files.exists(golden)) {
            fail("no golden " + golden + "; if this is right, put it there:\n" + actual);
        }
        assertEquals(Files.readString(golden), actual, golden.toString());
    }
}
