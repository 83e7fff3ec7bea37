package io.graft.checkpoint.source;

import static io.graft.checkpoint.source.ScriptedServer.file;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache that is full after a download loses what was not used for the longest time, and nothing that somebody uses. */
class CacheLimitTest {
    private static final String TAG = "\"v1\"";

    @TempDir
    private Path folder;

    private final List<Process> processes = new ArrayList<>();
    private Path cache;
    private byte[] content;
    private ScriptedServer server;

    @BeforeEach
    void start() throws IOException {
        cache = folder.resolve("shared").resolve("checkpoints");
        content = Fetching.safetensors();
        server = new ScriptedServer(file(content, TAG));
    }

    @AfterEach
    void stop() {
        server.close();
        processes.forEach(Process::destroyForcibly);
    }

    /** Fetches in another process, which ends: then nobody uses the file. Dates the use. */
    private Path fetchedElsewhere(String name, Instant used) throws Exception {
        Process process = FetchProcess.start(folder, server.url("/" + name), Map.of());
        processes.add(process);
        FetchProcess.awaitAsked(process);
        Path file = Path.of(FetchProcess.result(process));
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertArrayEquals(content, Files.readAllBytes(file));
        Files.setLastModifiedTime(entryOf(file).use(), FileTime.from(used));
        return file;
    }

    private static CacheEntry entryOf(Path file) {
        return new CacheEntry(file.getParent().getParent());
    }

    /** Room for this many files, and for what is noted of them. */
    private String roomFor(int files) {
        return (files * content.length + content.length / 2) + "B";
    }

    @Test
    @Tag("slow")
    void theOneUsedLongestAgoIsRemoved() throws Exception {
        Path b = fetchedElsewhere("b.safetensors", Instant.ofEpochSecond(2000));
        Path a = fetchedElsewhere("a.safetensors", Instant.ofEpochSecond(1000));
        Path c = fetchedElsewhere("c.safetensors", Instant.ofEpochSecond(3000));
        Path d = new Fetching(cache, roomFor(3))
                .fetch(server.url("/d.safetensors"))
                .path();
        assertEquals(
                List.of(false, true, true, true),
                List.of(Files.exists(a), Files.exists(b), Files.exists(c), Files.exists(d)));
        assertEquals(List.of("lock", "use"), names(entryOf(a).folder()));
        Path e = new Fetching(cache, roomFor(1))
                .fetch(server.url("/e.safetensors"))
                .path();
        assertEquals(
                List.of(false, false, true, true),
                List.of(Files.exists(b), Files.exists(c), Files.exists(d), Files.exists(e)));
        assertArrayEquals(
                content,
                Files.readAllBytes(new Fetching(cache, roomFor(9))
                        .fetch(server.url("/a.safetensors"))
                        .path()));
    }

    @Test
    @Tag("slow")
    void whatIsUsedIsNewWhateverItsAge() throws Exception {
        Path a = fetchedElsewhere("a.safetensors", Instant.ofEpochSecond(1000));
        Path b = fetchedElsewhere("b.safetensors", Instant.ofEpochSecond(2000));
        Process process = FetchProcess.start(folder, server.url("/a.safetensors"), Map.of());
        processes.add(process);
        FetchProcess.awaitAsked(process);
        assertEquals(a.toString(), FetchProcess.result(process));
        new Fetching(cache, roomFor(2)).fetch(server.url("/c.safetensors"));
        assertTrue(Files.exists(a));
        assertFalse(Files.exists(b));
    }

    @Test
    @Tag("slow")
    void whatAnotherProcessUsesStays() throws Exception {
        Path a = fetchedElsewhere("a.safetensors", Instant.ofEpochSecond(1000));
        Path b = fetchedElsewhere("b.safetensors", Instant.ofEpochSecond(2000));
        Process user = UsingProcess.start(entryOf(a).use());
        processes.add(user);
        assertEquals("used", user.inputReader().readLine());
        Files.setLastModifiedTime(entryOf(a).use(), FileTime.from(Instant.ofEpochSecond(1000)));
        new Fetching(cache, "1B").fetch(server.url("/c.safetensors"));
        assertTrue(Files.exists(a));
        assertFalse(Files.exists(b));
        user.outputWriter().close();
        assertTrue(user.waitFor(60, TimeUnit.SECONDS));
        new Fetching(cache, "1B").fetch(server.url("/d.safetensors"));
        assertFalse(Files.exists(a));
    }

    @Test
    void whatThisProcessUsesStays() throws Exception {
        Path a = new Fetching(cache, "none").fetch(server.url("/a.safetensors")).path();
        Path b = new Fetching(cache, "1B").fetch(server.url("/b.safetensors")).path();
        assertArrayEquals(content, Files.readAllBytes(a));
        assertArrayEquals(content, Files.readAllBytes(b));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 21474836480",
        "none, 9223372036854775807",
        "50GB, 50000000000",
        "1.5 TiB, 1649267441664",
        "10 kB, 10000",
        "7B, 7"
    })
    void aLimitIsASize(String text, long bytes) throws TransferException {
        assertEquals(bytes, CacheLimit.parse(text).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"50", "50G", "50gb", "much", "-1GB"})
    void anythingElseIsRefusedBeforeTheDownload(String text) {
        TransferException refused = assertThrows(TransferException.class, () -> CacheLimit.parse(text));
        assertEquals("GRAFT_CACHE_LIMIT is `" + text + "`, which is no size", refused.detail());
        assertEquals("set it to one as 50GB or 20GiB, or to none", refused.help());
        assertEquals(
                "UNSUPPORTED LOCATION: GRAFT_CACHE_LIMIT is `" + text
                        + "`, which is no size; set it to one as 50GB or 20GiB, or to none",
                new Fetching(cache, text).failure(server.url("/a.safetensors")));
        assertEquals(List.of(), server.requests());
    }

    private static List<String> names(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
