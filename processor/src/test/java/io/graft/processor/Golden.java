package io.graft.processor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Expected texts under {@code src/test/resources/golden}. */
final class Golden {
    private Golden() {}

    /** The text of a golden file; empty if there is none yet, so that the comparison shows what to put there. */
    static String read(String name) {
        try (InputStream file = Golden.class.getResourceAsStream("/golden/" + name)) {
            return file == null ? "" : new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
