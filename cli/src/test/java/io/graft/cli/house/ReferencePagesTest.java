package io.graft.cli.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference pages of the repository are those that the processor wrote, for every module of modifiers. */
class ReferencePagesTest {
    private static final Path PAGES = Path.of("..", "docs", "modifiers");
    private static final String INDEX = "README.md";
    private static final String GENERATED = "target/classes/META-INF/graft/modifiers";

    /** What the processor wrote. */
    static List<Path> generated() throws IOException {
        List<Path> generated = new ArrayList<>();
        for (Path module : HouseRulesTest.modifierModules()) {
            generated.addAll(pagesIn(module.resolve(GENERATED)));
        }
        assertFalse(generated.isEmpty());
        return generated;
    }

    /** Of a module without modifiers, none. */
    private static List<Path> pagesIn(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("generated")
    void aPageIsTheGeneratedOne(Path generated) throws IOException {
        Path page = PAGES.resolve(generated.getFileName());
        String refresh = "refresh it: cp " + generated.normalize() + " " + page.normalize();
        assertTrue(Files.exists(page), () -> page + " is missing; " + refresh);
        assertEquals(
                Files.readString(generated),
                Files.readString(page),
                () -> page + " is not what the processor wrote; " + refresh);
    }

    @Test
    void everyPageIsGenerated() throws IOException {
        assertEquals(
                generated().stream().map(Path::getFileName).sorted().toList(),
                pagesIn(PAGES).stream()
                        .map(Path::getFileName)
                        .filter(page -> !page.toString().equals(INDEX))
                        .toList());
    }

    @Test
    void theIndexLinksThemAll() throws IOException {
        String index = Files.readString(PAGES.resolve(INDEX));
        for (Path page : generated()) {
            String name = page.getFileName().toString();
            String link = "[" + name.replace(".md", "") + "](" + name + ")";
            assertTrue(index.contains(link), () -> "docs/modifiers/README.md does not have " + link);
        }
    }
}
