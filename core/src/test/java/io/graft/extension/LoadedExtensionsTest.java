package io.graft.extension;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How paths are read, and what becomes of what is no extension. */
class LoadedExtensionsTest {
    @TempDir
    Path folder;

    private LoadedExtensions loaded;

    @AfterEach
    void close() throws IOException {
        if (loaded != null) {
            loaded.close();
        }
    }

    @Test
    void aJarIsOneExtension() throws IOException {
        jar("lora.jar");

        assertEquals(List.of("lora.jar: lora.jar"), load("lora.jar"));
    }

    @Test
    void ofAFolderEachJarAndEachFolderOfJarsIsOne() throws IOException {
        jar("extensions/b.jar");
        jar("extensions/a.jar");
        jar("extensions/with-library/math-2.0.jar");
        jar("extensions/with-library/lora.jar");

        assertEquals(
                List.of("a.jar: a.jar", "b.jar: b.jar", "with-library: lora.jar, math-2.0.jar"), load("extensions"));
        assertEquals(List.of(), refused());
    }

    @Test
    void theOrderIsThatOfThePathsAndAJarIsTakenOnce() throws IOException {
        jar("extensions/a.jar");
        jar("extensions/b.jar");

        assertEquals(
                List.of("b.jar: b.jar", "a.jar: a.jar"), load("extensions/b.jar", "extensions", "extensions/a.jar"));
    }

    @Test
    void whatIsThereForPeopleIsPassedOver() throws IOException {
        jar("extensions/a.jar");
        for (String name : List.of("README.md", "LICENSE", "Notice.txt", ".DS_Store")) {
            Files.writeString(folder.resolve("extensions").resolve(name), "read me");
        }

        assertEquals(List.of("a.jar: a.jar"), load("extensions"));
        assertEquals(List.of(), refused());
    }

    @Test
    void anotherFileIsNamed() throws IOException {
        jar("extensions/a.jar");
        jar("extensions/lora.zip");

        assertEquals(List.of("a.jar: a.jar"), load("extensions"));
        assertEquals(
                List.of("REFUSED the extension DIR/extensions/lora.zip is left out: its name does not end in .jar;"
                        + " rename it if it is a jar, or remove it"),
                refused());
    }

    @Test
    void aBrokenJarIsNamedAndTheOthersAreTaken() throws IOException {
        jar("extensions/a.jar");
        jar("extensions/c/lora.jar");
        Files.writeString(folder.resolve("extensions/b.jar"), "PK and no more");
        Files.writeString(folder.resolve("extensions/c/math.jar"), "");

        assertEquals(List.of("a.jar: a.jar"), load("extensions"));
        assertEquals(
                List.of(
                        "REFUSED the extension DIR/extensions/b.jar is left out: it is not a jar (zip END header not found);"
                                + " remove it or build it again",
                        "REFUSED the extension DIR/extensions/c is left out: math.jar is not a jar (zip file is empty);"
                                + " remove it or build it again"),
                refused());
    }

    @Test
    void aJarThatBundlesDjlIsRefused() {
        TestJar.compile(folder, Map.of("ai/djl/Extra", "package ai.djl; public class Extra {}"))
                .write(folder.resolve("fat.jar"));

        assertEquals(List.of(), load("fat.jar"));
        assertEquals(
                List.of(
                        "REFUSED the extension DIR/fat.jar is left out: it bundles ai.djl (ai/djl/Extra.class), whose native"
                                + " libraries load once in a process; build it without DJL, which Graft provides"),
                refused());
    }

    @Test
    void aPathWithoutAnythingIsNamed() {
        assertEquals(List.of(), load("gone.jar"));
        assertEquals(
                List.of("NOT_FOUND the extension DIR/gone.jar does not exist; give a jar or a folder of jars"),
                refused());
    }

    @Test
    void aFolderWithoutAJarIsNamed() throws IOException {
        Files.createDirectories(folder.resolve("extensions/lora/lib"));
        Files.createDirectories(folder.resolve("empty"));

        assertEquals(List.of(), load("extensions", "empty"));
        assertEquals(
                List.of(
                        "EMPTY the extension DIR/extensions/lora is a folder without a jar; put jars into it or remove it",
                        "EMPTY the extension DIR/empty is a folder without a jar; put jars into it or remove it"),
                refused());
    }

    @Test
    void aStandingFolderMayBeEmptyOrAbsent() throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("standing")).resolve("README.md"), "Put jars here.");

        loaded = LoadedExtensions.load(
                List.of(),
                List.of(folder.resolve("standing"), folder.resolve("absent")),
                LoadedExtensions.class.getClassLoader());

        assertEquals(List.of(), refused());
        assertSame(LoadedExtensions.class.getClassLoader(), loaded.getParent());
    }

    private void jar(String name) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        TestJar.compile(folder, Map.of()).with("name.txt", name).write(folder.resolve(name));
    }

    private List<String> load(String... paths) {
        loaded = LoadedExtensions.load(
                List.of(paths).stream().map(folder::resolve).toList());
        return loaded.extensions().stream()
                .map(extension -> extension.name() + ": "
                        + String.join(
                                ", ",
                                extension.jars().stream()
                                        .map(jar -> jar.getFileName().toString())
                                        .toList()))
                .toList();
    }

    private List<String> refused() {
        return loaded.refused().stream()
                .map(refused -> refused.kind() + " " + refused.message() + "; " + refused.help())
                .map(line -> line.replace(folder.toString(), "DIR"))
                .toList();
    }
}
