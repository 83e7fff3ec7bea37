package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.registry.ModifierRegistry;
import io.graft.registry.RegisteredModifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference pages of the repository are those that the processor wrote. */
class ReferencePagesTest {
    private static final Path PAGES = Path.of("..", "docs", "modifiers");
    private static final String REFRESH =
            "refresh it: cp modifiers-lora/target/classes/META-INF/graft/modifiers/*.md docs/modifiers/";

    static Stream<String> ids() {
        return ModifierRegistry.discover(ReferencePagesTest.class.getClassLoader()).modifiers().stream()
                .map(RegisteredModifier::id);
    }

    @ParameterizedTest
    @MethodSource("ids")
    void aPageIsTheGeneratedOne(String id) throws IOException {
        Path page = PAGES.resolve(id + ".md");
        assertTrue(Files.exists(page), () -> page + " is missing; " + REFRESH);
        assertEquals(
                generated(id), Files.readString(page), () -> page + " is not what the processor wrote; " + REFRESH);
    }

    @Test
    void theIndexLinksThemAll() throws IOException {
        String index = Files.readString(PAGES.resolve("README.md"));
        ids().forEach(id -> assertTrue(
                index.contains("[" + id + "](" + id + ".md)"),
                () -> "docs/modifiers/README.md" + " does not link " + id + ".md"));
    }

    private static String generated(String id) throws IOException {
        String path = "/META-INF/graft/modifiers/" + id + ".md";
        try (InputStream page = ReferencePagesTest.class.getResourceAsStream(path)) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
