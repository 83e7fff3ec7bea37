package io.graft.checkpoint.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine does with sources that keep to the interface and to nothing else. */
class DownloadTest {
    private static final String GAVE_UP = "UNREACHABLE LOCATION: gave up after 1 attempt: ";
    private static final String LATER =
            "; try again later; what has arrived is kept if the server can go on from there";

    @TempDir
    private Path cache;

    private byte[] content;

    @BeforeEach
    void read() throws IOException {
        content = Fetching.safetensors();
    }

    /** A source of one file, whatever is asked for. */
    private record OneFile(String name, Opening opening) implements CheckpointSource, RemoteFile {
        interface Opening {
            RemoteContent open(ContentRequest request) throws IOException;
        }

        @Override
        public List<String> schemes() {
            return List.of("test");
        }

        @Override
        public void check(CheckpointRef ref) {}

        @Override
        public LocatedCheckpoint locate(CheckpointRef ref) {
            return this;
        }

        @Override
        public RemoteContent open(ContentRequest request) throws IOException {
            return opening.open(request);
        }

        @Override
        public String sibling(String sibling) {
            return "test:" + sibling;
        }

        @Override
        public void close() {}
    }

    private static RemoteContent body(byte[] bytes, OptionalLong total) {
        return new RemoteContent.Body(new ByteArrayInputStream(bytes), 0, total, Version.UNKNOWN, "");
    }

    private String failure(OneFile.Opening opening) {
        return failure(opening, 1, wait -> {});
    }

    private String failure(OneFile.Opening opening, int attempts, Pause pause) {
        FetchConditions conditions = Fetching.attempts(attempts, FetchConditions.NONE.idleTimeout(), Optional.empty());
        return new Fetching(cache, new OneFile("a.safetensors", opening), pause)
                .failure(CheckpointRef.of("test:a").under(conditions));
    }

    @Test
    void aSizeMayBeUnknown() throws IOException {
        OneFile source = new OneFile("a.safetensors", request -> body(content, OptionalLong.empty()));
        Path path = new Fetching(cache, source, wait -> {}).fetch("test:a").path();
        assertArrayEquals(content, Files.readAllBytes(path));
    }

    @Test
    void aNameThatLeadsElsewhereIsNotTaken() throws IOException {
        OneFile source = new OneFile("../../a.safetensors", request -> body(content, OptionalLong.empty()));
        Path path = new Fetching(cache, source, wait -> {}).fetch("test:a").path();
        assertEquals("checkpoint", path.getFileName().toString());
        assertTrue(path.normalize().startsWith(cache));
    }

    @Test
    void anEndThatComesEarlyIsNoEnd() {
        assertEquals(
                GAVE_UP + "the transfer ended after 10 of 11 bytes" + LATER,
                failure(request -> body(new byte[10], OptionalLong.of(11))));
    }

    @Test
    void moreBytesThanDeclaredAreAFailure() {
        assertEquals(
                GAVE_UP + "more than the declared 9 bytes arrived" + LATER,
                failure(request -> body(new byte[10], OptionalLong.of(9))));
    }

    @Test
    void aSourceThatThrowsIsAskedAgain() {
        assertEquals(GAVE_UP + "no answer (line cut)" + LATER, failure(request -> {
            throw new IOException("line cut");
        }));
        assertEquals(GAVE_UP + "no answer (IOException)" + LATER, failure(request -> {
            throw new IOException();
        }));
    }

    @Test
    void anInterruptEndsTheWait() {
        String failure = failure(
                request -> {
                    throw new IOException("line cut");
                },
                2,
                wait -> {
                    throw new InterruptedException();
                });
        assertEquals("UNREACHABLE LOCATION: the download was interrupted", failure);
        assertTrue(Thread.interrupted());
    }

    @Test
    void aPageIsToldWithoutAContentTypeToo() {
        assertEquals(
                "UNRECOGNISED LOCATION: the server sends an HTML page in place of a checkpoint, probably one to log in; open"
                        + " the location in a browser; if it needs a login, give `token`",
                failure(request -> body("<html>".getBytes(StandardCharsets.UTF_8), OptionalLong.empty())));
    }

    @Test
    void aCacheThatCannotBeWrittenIsTold() throws IOException {
        Path file = Files.writeString(cache.resolve("file"), "in the way");
        OneFile source = new OneFile("a.safetensors", request -> body(content, OptionalLong.empty()));
        String failure = new Fetching(file, source, wait -> {}).failure("test:a");
        assertTrue(
                failure.startsWith("UNREADABLE LOCATION: the file or the cache cannot be used (" + file)
                        && failure.endsWith(
                                "); check permissions and free space, or set GRAFT_CACHE to another folder"),
                failure);
    }

    @Test
    void aRecordThatIsDamagedIsAsNone() throws IOException {
        OneFile source = new OneFile("a.safetensors", request -> body(content, OptionalLong.empty()));
        Fetching fetching = new Fetching(cache, source, wait -> {});
        Path path = fetching.fetch("test:a").path();
        Path record = path.getParent().resolveSibling("current.properties");
        for (String damage :
                List.of("", "\\u12", "sha256=x", Files.readString(record).replace("size=", "size=x"))) {
            Files.writeString(record, damage);
            assertEquals(path, fetching.fetch("test:a").path());
        }
    }

    @Test
    void aBrokenProviderIsToldWhenItsSchemeIsMissing() throws IOException {
        Path services = Files.createDirectories(cache.resolve("META-INF/services"));
        Files.writeString(services.resolve(CheckpointSource.class.getName()), "com.acme.Missing");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {cache.toUri().toURL()}, before)) {
            thread.setContextClassLoader(loader);
            CheckpointSources sources = CheckpointSources.discover();
            assertEquals(
                    "`s3://b/k`: no source takes `s3:`; at hand are file, http, https, run; add graft-source-s3 to the class"
                            + " path or to the extensions (`com.acme.Missing` of " + cache.getFileName()
                            + " lists com.acme.Missing, which is not in it)",
                    assertThrows(IllegalArgumentException.class, () -> sources.taking(CheckpointRef.of("s3://b/k")))
                            .getMessage());
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void contentsOfOneNameStandBesideEachOther() throws IOException {
        byte[] other = Arrays.copyOf(content, content.length);
        other[other.length - 1]++;
        byte[][] next = {content, other};
        int[] asked = {0};
        OneFile source = new OneFile("a.safetensors", request -> body(next[asked[0]++], OptionalLong.empty()));
        Fetching fetching = new Fetching(cache, source, wait -> {});
        Path first = fetching.fetch("test:a").path();
        Path second = fetching.fetch("test:a").path();
        assertArrayEquals(content, Files.readAllBytes(first));
        assertArrayEquals(other, Files.readAllBytes(second));
    }
}
