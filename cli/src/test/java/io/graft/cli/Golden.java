package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Expected texts under {@code src/test/resources/goldens}. */
public final class Golden {
    private static final Path EXPECTED = Path.of("src", "test", "resources", "goldens");
    private static final Path ACTUAL = Path.of("target", "goldens");

    private Golden() {}

    /** Compares with a golden; what is there instead is left in {@code target/goldens}, to be looked at and copied. */
    public static void assertGolden(String name, String actual) throws IOException {
        Path golden = EXPECTED.resolve(name);
        Path there = ACTUAL.resolve(name);
        Files.createDirectories(there.getParent());
        Files.writeString(there, actual);
        if (!Files.exists(golden)) {
            fail("no golden " + golden + "; if this is right, put it there:\n" + actual);
        }
        assertEquals(Files.readString(golden), actual, () -> "if this is right: cp " + there + " " + golden);
    }
}
