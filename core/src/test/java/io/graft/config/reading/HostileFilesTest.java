package io.graft.config.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.graft.config.decoding.Decoders;
import io.graft.problem.Problem;
import io.graft.problem.ProblemRenderer;
import io.graft.problem.SourceRef;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no configuration is told for what it is, before it is read, whether it is given or included. */
class HostileFilesTest {
    private static final Path BARE = Path.of("graft-bare-name-test.conf");
    private static final Path BARE_LOCAL = Path.of("graft-bare-name-local.conf");

    @TempDir
    Path folder;

    @AfterEach
    void removeBareFiles() throws IOException {
        Files.deleteIfExists(BARE);
        Files.deleteIfExists(BARE_LOCAL);
    }

    @Test
    void aFileThatIsNamedWithoutAFolderIncludesWhatLiesBesideIt() throws IOException {
        Files.writeString(BARE, "include \"graft-bare-name-local.conf\"\ngraft.model.checkpoint = a\n");
        Files.writeString(BARE_LOCAL, "include \"graft-bare-name-gone\"\ngraft.model.checkpoint = b\nhere = c\n");
        Bound<ConfigFile> read = ConfigFile.read(BARE, ConfigOverrides.none());
        ConfigFile file = Read.value(read);
        assertEquals("a", file.root().at("graft.model.checkpoint").unwrapped());
        assertEquals(
                Path.of("c").toAbsolutePath(),
                Read.value(Decoders.path().decode(file.root().at("here"))));
        assertEquals(
                "graft-bare-name-local.conf:3:8",
                file.root().at("here").source().orElseThrow().display());
        assertEquals(
                "graft-bare-name-test.conf:1:9",
                file.inclusionOf("graft-bare-name-local.conf").orElseThrow().display());
        assertEquals("""
                warning[include-missing] graft-bare-name-local.conf:1:9
                   1 | include "graft-bare-name-gone"
                     |         ^^^^^^^^^^^^^^^^^^^^^^ there is no file `graft-bare-name-gone`; nothing is included; create it or remove this line
                """, ProblemRenderer.plain().render(read.problems()));
    }

    @Test
    void aFolderIsIncludedByNobody() throws IOException {
        Files.createDirectory(folder.resolve("local.conf"));
        assertEquals(
                included("file-not-found", "local.conf", "`local.conf` is a folder; name a file in it"),
                inclusion("include \"local.conf\""));
        assertEquals(
                included("file-not-found", "local", "`local` is a folder; name a file in it"),
                inclusion("include \"local\""));
    }

    @Test
    void aLinkThatLeadsNowhereIsNoMissingFile() throws IOException {
        Files.createSymbolicLink(folder.resolve("local.conf"), folder.resolve("gone"));
        assertEquals(
                included("file-not-found", "local.conf", "`local.conf` is a link that leads nowhere; mend the link"),
                inclusion("include \"local.conf\""));
        Files.createSymbolicLink(folder.resolve("y.conf"), folder.resolve("gone"));
        assertEquals("""
                error[file-not-found] y.conf
                     = this is a link that leads nowhere;
                       mend the link
                """, failure(folder.resolve("y.conf")));
    }

    @Test
    void textInAnotherEncodingIsRefused() throws IOException {
        Files.write(folder.resolve("local.conf"), "a = \"M\u00fcnchen\"".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(
                included("file-refused", "local.conf", "`local.conf` is not text in UTF-8; save it as UTF-8"),
                inclusion("include \"local.conf\""));
        Files.write(folder.resolve("x.conf"), "a = 1".getBytes(StandardCharsets.UTF_16LE));
        assertEquals("""
                error[file-refused]  x.conf
                     = this is not text in UTF-8;
                       save it as UTF-8
                """, failure(folder.resolve("x.conf")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/dev/zero", "PIPE"})
    void aDeviceOrAPipeIsNotOpened(String name) throws Exception {
        Path hostile = name.equals("PIPE") ? pipe(folder.resolve("pipe.conf")) : Path.of(name);
        assertEquals(
                """
                error[file-refused]  %s
                     = this is a pipe or a device;
                       name a regular file
                """.formatted(hostile),
                ProblemRenderer.plain()
                        .render(assertTimeoutPreemptively(
                                        Duration.ofSeconds(10), () -> ConfigFile.read(hostile, ConfigOverrides.none()))
                                .problems()));
        Path link = Files.createSymbolicLink(folder.resolve("local.conf"), hostile);
        assertEquals(
                included("file-refused", "local.conf", "`local.conf` is a pipe or a device; name a regular file"),
                assertTimeoutPreemptively(Duration.ofSeconds(10), () -> inclusion("include \"local.conf\"")));
        assertEquals(
                included("file-refused", link.toString(), "`" + link + "` is a pipe or a device; name a regular file"),
                assertTimeoutPreemptively(
                        Duration.ofSeconds(10), () -> inclusion("include required(file(\"" + link + "\"))")));
    }

    @Test
    void aFileOfMoreThan16MegabytesIsNotRead() throws IOException {
        Path large = sparse("large.conf", (16 << 20) + 1);
        assertEquals("""
                error[file-refused]  large.conf
                     = this is too much: a configuration has at most 16 MB and 1000 files, with all that it includes;
                       name the right file, or include less
                """, failure(large));
        assertEquals(
                included(
                        "file-refused",
                        "large.conf",
                        "`large.conf` is too much: a configuration has at most 16 MB and 1000 files, with all that it"
                                + " includes; name the right file, or include less"),
                inclusion("include \"large.conf\""));
    }

    @Test
    void aCheckpointIsCalledOne() throws IOException {
        Path large = sparse("model.safetensors", 1L << 30);
        Files.write(folder.resolve("small.conf"), new byte[] {0, 1, 2});
        assertEquals(
                """
                error[file-refused]  model.safetensors
                     = this is a checkpoint (safetensors), not a configuration;
                       name it in a configuration: graft.model.checkpoint = "model.safetensors"
                """,
                Problems.render(
                        folder,
                        ConfigFile.read(
                                        large,
                                        ConfigOverrides.none(),
                                        Set.of(),
                                        file -> Optional.of("a checkpoint (safetensors)"))
                                .problems()));
        assertEquals(
                included(
                        "file-refused",
                        "small.conf",
                        "`small.conf` is a checkpoint (npy), not a configuration; name it in a configuration:"
                                + " graft.model.checkpoint = \"small.conf\""),
                inclusion("include \"small.conf\"", file -> Optional.of("a checkpoint (npy)")));
    }

    @Test
    void filesThatIncludeEachOtherAreTold() throws IOException {
        Files.writeString(folder.resolve("local.conf"), "include \"x.conf\"");
        assertEquals("""
                error[file-refused]  local.conf:1:9
                   1 | include "x.conf"
                     |         ^^^^^^^^ `x.conf` includes itself; remove one of the includes between them
                """, failureOf("include \"local.conf\""));
    }

    @Test
    void includesThatDoubleEndAfterAThousandFiles() throws IOException {
        for (int i = 0; i < 40; i++) {
            String next = "include \"" + (i + 1) + ".conf\"\n";
            Files.writeString(folder.resolve(i + ".conf"), next + next);
        }
        Files.writeString(folder.resolve("40.conf"), "a = 1");
        String told = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> failure(folder.resolve("0.conf")));
        assertEquals(
                "`40.conf` is too much: a configuration has at most 16 MB and 1000 files, with all that it includes; name"
                        + " the right file, or include less",
                told.lines().skip(2).findFirst().orElseThrow().replaceAll(".*\\^ ", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"include url(\"http://127.0.0.1:9/a.conf\")", "include \"http://127.0.0.1:9/a.conf\""})
    void aUrlIsNotIncludedUnlessItIsAllowed(String statement) throws IOException {
        String told = failureOf(statement);
        assertEquals(
                "`http://127.0.0.1:9/a.conf` is a URL, from which nothing is included unless it is allowed; download it and"
                        + " include the file, or set GRAFT_INCLUDE_URLS=true in the environment",
                told.lines().skip(2).findFirst().orElseThrow().replaceAll(".*\\^ ", ""));
        ConfigOverrides allowed = new ConfigOverrides(List.of(), Map.of(), Map.of("GRAFT_INCLUDE_URLS", "true"));
        // nobody listens there
        assertEquals(
                "`http://127.0.0.1:9/a.conf` cannot be read (Connection refused)",
                ConfigFile.read(folder.resolve("x.conf"), allowed)
                        .problems()
                        .get(0)
                        .message());
    }

    private static Path pipe(Path path) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
        return path;
    }

    private Path sparse(String name, long size) throws IOException {
        Path file = folder.resolve(name);
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
            written.setLength(size);
        }
        return file;
    }

    /** What is said of the only problem of a file, which is at a name in it. */
    private static String included(String code, String name, String told) {
        return code + " at \"" + name + "\": " + told;
    }

    private String inclusion(String text) throws IOException {
        return inclusion(text, file -> Optional.empty());
    }

    private String inclusion(String text, Function<Path, Optional<String>> kinds) throws IOException {
        Path file = Files.writeString(folder.resolve("x.conf"), text);
        List<Problem> problems =
                ConfigFile.read(file, ConfigOverrides.none(), Set.of(), kinds).problems();
        assertEquals(1, problems.size(), problems::toString);
        Problem problem = problems.get(0);
        SourceRef at = problem.at().orElseThrow();
        return included(
                problem.code().id(),
                text.substring(at.column(), at.column() + at.length() - 2),
                problem.message() + "; " + problem.help());
    }

    private String failureOf(String text) throws IOException {
        return failure(Files.writeString(folder.resolve("x.conf"), text));
    }

    private String failure(Path file) {
        Bound<ConfigFile> read = ConfigFile.read(file, ConfigOverrides.none());
        assertInstanceOf(Bound.Failed.class, read);
        return Problems.render(folder, read.problems());
    }
}
