package io.graft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apiguardian.api.API;
import org.junit.jupiter.api.Test;

/** Every package says how much others may rely on it; {@code docs/compatibility.md} and the build say the same. */
class CompatibilityPageTest {
    private static final Pattern ROW = Pattern.compile("^\\| `(io\\.graft[a-z.]*)` \\| (\\w+) \\|", Pattern.MULTILINE);
    private static final Pattern GUARDED = Pattern.compile("<include>(io\\.graft[a-z.]*)</include>");

    @Test
    void thePageListsEveryPackage() throws Exception {
        String page = Files.readString(Path.of("../docs/compatibility.md"));
        Map<String, String> listed = ROW.matcher(page)
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1), row -> row.group(2), (one, other) -> other, TreeMap::new));
        assertEquals(marked(), listed);
    }

    @Test
    void theBuildGuardsTheStablePackages() throws Exception {
        List<String> stable = marked().entrySet().stream()
                .filter(entry -> entry.getValue().equals("stable"))
                .map(Map.Entry::getKey)
                .toList();
        assertEquals(
                stable,
                GUARDED.matcher(Files.readString(Path.of("pom.xml")))
                        .results()
                        .map((MatchResult include) -> include.group(1))
                        .toList());
    }

    private static Map<String, String> marked() throws IOException, ClassNotFoundException {
        Map<String, String> marked = new TreeMap<>();
        Path sources = Path.of("src", "main", "java");
        List<Path> files;
        try (Stream<Path> tree = Files.walk(sources)) {
            files = tree.filter(file -> file.endsWith("package-info.java")).toList();
        }
        for (Path file : files) {
            String name = sources.relativize(file.getParent()).toString().replace(File.separatorChar, '.');
            API mark = Class.forName(name + ".package-info").getAnnotation(API.class);
            assertNotNull(mark, () -> name + " has no @API in its package-info.java");
            marked.put(name, mark.status().name().toLowerCase(Locale.ROOT));
        }
        return marked;
    }
}
