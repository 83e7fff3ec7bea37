package io.graft.cli.extension;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The jar that docs/extending.md leads to: modifiers, and one of each other kind that a jar may bring. */
final class GuideJar {
    private static final Path SOURCES = Path.of("src", "it", "fresh-extension", "src", "main");

    private GuideJar() {}

    /**
     * Builds it.
     *
     * @param organization in place of {@code com.acme}, so that there are two jars that bring the same
     */
    static void build(Path jar, String organization) throws IOException {
        Map<String, String> sources = new HashMap<>();
        Path classes = Files.createTempDirectory(jar.getParent(), "classes");
        try (Stream<Path> tree = Files.walk(SOURCES)) {
            for (Path file : tree.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(file).replace("com.acme", organization);
                if (file.startsWith(SOURCES.resolve("java"))) {
                    String name = SOURCES.resolve("java").relativize(file).toString();
                    sources.put(name.replace('\\', '/').replace("com/acme", organization.replace('.', '/')), text);
                } else {
                    Path copy = classes.resolve(
                            SOURCES.resolve("resources").relativize(file).toString());
                    Files.createDirectories(copy.getParent());
                    Files.writeString(copy, text);
                }
            }
        }
        Javac.compile(classes, sources);
        ExtensionJar.pack(classes, jar, name -> true);
    }
}
