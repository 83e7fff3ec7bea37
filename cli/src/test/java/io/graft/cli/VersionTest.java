package io.graft.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.cli.output.ExitCode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The version is said however the command is started. */
class VersionTest {
    private static final Path CLASSES = Path.of("target", "classes");
    private static final List<String> LIBRARIES = List.of(
            "graft-core-",
            "graft-modifiers-builtin-",
            "graft-modifiers-lora-",
            "ejml-",
            "jna-",
            "picocli-",
            "jackson-core-",
            "api-0.",
            "config-",
            "slf4j-api-",
            "asm-");
    private static final Pattern VERSION =
            Pattern.compile("<artifactId>graft-parent</artifactId>\\s*<version>([^<]+)</version>");

    @TempDir
    Path folder;

    @Test
    void asAModule() throws Exception {
        String libraries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(VersionTest::isNeeded)
                .collect(Collectors.joining(File.pathSeparator));
        Outcome said = JavaProcess.run(
                folder,
                folder,
                List.of(
                        "--module-path",
                        CLASSES.toAbsolutePath() + File.pathSeparator + libraries,
                        "--module",
                        "io.graft.cli/" + Main.class.getName(),
                        "-V"));
        assertEquals("graft " + ofTheProject() + "\n", said.is(ExitCode.DONE).out());
    }

    @Test
    void asAJar() throws Exception {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, "7.8.9");
        Path jar = folder.resolve("graft-cli-7.8.9.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                Stream<Path> classes = Files.walk(CLASSES)) {
            for (Path file : classes.filter(each -> each.toString().endsWith(".class"))
                    .filter(each -> !each.endsWith("module-info.class"))
                    .toList()) {
                out.putNextEntry(
                        new ZipEntry(CLASSES.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
            }
        }
        assertEquals(
                "graft 7.8.9\n",
                JavaProcess.run(folder, jar, List.of(Main.class.getName(), "-V"))
                        .is(ExitCode.DONE)
                        .out());
    }

    /** Whether the command, as a module, reads a part of the class path. */
    private static boolean isNeeded(String entry) {
        Path path = Path.of(entry);
        String name = path.getFileName().toString();
        return path.endsWith(Path.of("core", "target", "classes"))
                || path.endsWith(Path.of("modifiers-builtin", "target", "classes"))
                || LIBRARIES.stream().anyMatch(name::startsWith);
    }

    private static String ofTheProject() throws IOException {
        Matcher version = VERSION.matcher(Files.readString(Path.of("..", "pom.xml")));
        assertTrue(version.find());
        return version.group(1);
    }
}
