package io.graft.checkpoint.source;

import static io.graft.checkpoint.source.ScriptedServer.body;
import static io.graft.checkpoint.source.ScriptedServer.file;
import static io.graft.checkpoint.source.ScriptedServer.silence;
import static io.graft.checkpoint.source.ScriptedServer.stall;
import static io.graft.checkpoint.source.ScriptedServer.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from servers that are good, slow, broken and lying; rows B of the scenarios are named by their ids. */
class HttpDownloadTest {
    private static final String V1 = "\"v1\"";
    private static final List<String> INSTALLED = List.of("current.properties", "lock", "model.safetensors", "use");

    @TempDir
    private Path cache;

    private Fetching fetching;
    private byte[] content;

    @BeforeEach
    void start() throws IOException {
        fetching = new Fetching(cache);
        content = Fetching.safetensors();
    }

    private static CheckpointRef ref(ScriptedServer server, FetchConditions conditions) {
        return CheckpointRef.of(server.url("/a/model.safetensors")).under(conditions);
    }

    private static CheckpointRef ref(ScriptedServer server) {
        return ref(server, FetchConditions.NONE);
    }

    private void assertFetches(ScriptedServer server) throws IOException {
        FetchedCheckpoint fetched = fetching.fetch(ref(server));
        assertArrayEquals(content, Files.readAllBytes(fetched.path()));
        assertEquals(INSTALLED, fetching.files());
    }

    @Test
    void b2AFileIsFetchedIntoTheCacheUnderItsNameAndNoTemporaryFileIsLeft() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(content, V1))) {
            FetchedCheckpoint fetched = fetching.fetch(ref(server));
            assertArrayEquals(content, Files.readAllBytes(fetched.path()));
            assertEquals(Optional.of(Sha256.of(fetched.path())), fetched.sha256());
            assertTrue(fetched.isRemote());
            assertTrue(fetched.path().startsWith(cache));
            assertEquals(INSTALLED, fetching.files());
            assertEquals(
                    "GET /a/model.safetensors HTTP/1.1",
                    server.requests().get(0).line());
        }
    }

    @Test
    void b3AMissingFileIsAskedForOnce() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(404))) {
            assertEquals(
                    "NOT_FOUND LOCATION: the server answers 404; check the location", fetching.failure(ref(server)));
            assertEquals(1, server.requests().size());
            assertEquals(List.of("lock", "use"), fetching.files());
        }
    }

    @Test
    void otherRefusalsAreFinalToo() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(403), status(400))) {
            assertEquals(
                    "UNREADABLE LOCATION: the server answers 403: it wants to know who asks, or does not let them;"
                            + " give `token`, or set GRAFT_TOKEN_LOCALHOST in the environment; without either nothing is sent",
                    fetching.failure(ref(server)));
            assertEquals(
                    "UNREADABLE LOCATION: the server answers 400; check the location", fetching.failure(ref(server)));
            assertEquals(2, server.requests().size());
        }
    }

    @Test
    void b5AServerThatIsBusyIsAskedAgain() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(503), file(content, V1))) {
            assertFetches(server);
            assertEquals(2, server.requests().size());
            assertEquals(List.of(Duration.ofSeconds(1)), fetching.pauses());
        }
    }

    @Test
    void b6TheDelayThatAServerAsksForIsKept() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                status(429, "Retry-After: 7"),
                status(503, "Date: Wed, 25 Nov 2026 10:00:00 GMT", "Retry-After: Wed, 25 Nov 2026 10:00:42 GMT"),
                file(content, V1))) {
            assertFetches(server);
            assertEquals(List.of(Duration.ofSeconds(7), Duration.ofSeconds(42)), fetching.pauses());
        }
    }

    @Test
    void aServerThatAsksForTooMuchPatienceIsNotWaitedFor() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(429, "Retry-After: 86400"))) {
            assertEquals(
                    "UNREACHABLE LOCATION: the server asks to come back in 86400 s, more than the 600 s that are waited"
                            + " for; run again then",
                    fetching.failure(ref(server)));
            assertEquals(1, server.requests().size());
        }
    }

    @Test
    void b7ARequestThatTookTooLongIsRepeated() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(408), file(content, V1))) {
            assertFetches(server);
        }
    }

    @Test
    void attemptsComeToAnEnd() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(500))) {
            assertEquals(
                    "UNREACHABLE LOCATION: gave up after 5 attempts: the server answers 500; try again later; what has"
                            + " arrived is kept if the server can go on from there",
                    fetching.failure(ref(server)));
            assertEquals(5, server.requests().size());
            assertEquals(
                    List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8)),
                    fetching.pauses());
        }
    }

    @Test
    void b9ABodyThatStallsEndsTheAttempt() throws IOException {
        FetchConditions conditions = Fetching.attempts(2, Duration.ofMillis(150), Optional.empty());
        try (ScriptedServer server = new ScriptedServer(stall(content, "W/\"weak\"", 100))) {
            assertEquals(
                    "UNREACHABLE LOCATION: gave up after 2 attempts: nothing arrived for 150 ms (idle-timeout); try again"
                            + " later; what has arrived is kept if the server can go on from there",
                    fetching.failure(ref(server, conditions)));
            assertEquals(2, server.requests().size());
            assertEquals(List.of("lock", "use"), fetching.files());
        }
    }

    @Test
    void b9AServerThatNeverAnswersEndsTheAttempt() throws IOException {
        FetchConditions conditions = Fetching.attempts(1, Duration.ofMillis(150), Optional.empty());
        try (ScriptedServer server = new ScriptedServer(silence())) {
            assertEquals(
                    "UNREACHABLE LOCATION: gave up after 1 attempt: no answer came for 150 ms (idle-timeout); try again"
                            + " later; what has arrived is kept if the server can go on from there",
                    fetching.failure(ref(server, conditions)));
        }
    }

    @Test
    void b9TheTotalTimeOutIsAnother() throws IOException {
        FetchConditions conditions = Fetching.attempts(5, Duration.ofSeconds(20), Optional.of(Duration.ofMillis(200)));
        try (ScriptedServer server = new ScriptedServer((request, client) -> {
            // a drip that is never idle
            ScriptedServer.write(client, 200, new byte[0], "Content-Length: 1000000");
            for (int i = 0; i < 1000; i++) {
                client.getOutputStream().write(1);
                client.getOutputStream().flush();
                Thread.sleep(10);
            }
        })) {
            assertEquals(
                    "UNREACHABLE LOCATION: the download took longer than 200 ms (timeout); raise `timeout`, or leave it"
                            + " out: `idle-timeout` alone finds a server that has stopped",
                    fetching.failure(ref(server, conditions)));
            assertEquals(1, server.requests().size());
        }
    }

    @Test
    void aSlowDripThatGoesOnIsPatientlyTaken() throws IOException {
        FetchConditions conditions = Fetching.attempts(1, Duration.ofMillis(250), Optional.empty());
        try (ScriptedServer server = new ScriptedServer((request, client) -> {
            ScriptedServer.write(client, 200, new byte[0], "Content-Length: " + content.length);
            int step = content.length / 8 + 1;
            for (int from = 0; from < content.length; from += step) {
                client.getOutputStream().write(content, from, Math.min(step, content.length - from));
                client.getOutputStream().flush();
                Thread.sleep(50);
            }
        })) {
            assertArrayEquals(
                    content,
                    Files.readAllBytes(fetching.fetch(ref(server, conditions)).path()));
        }
    }

    @Test
    void noWaitIsBegunThatWouldEndAfterTheTimeOut() throws IOException {
        FetchConditions conditions = Fetching.attempts(5, Duration.ofSeconds(20), Optional.of(Duration.ofSeconds(20)));
        try (ScriptedServer server = new ScriptedServer(status(503, "Retry-After: 60"))) {
            assertEquals(
                    "UNREACHABLE LOCATION: the download took longer than 20000 ms (timeout); raise `timeout`, or leave it"
                            + " out: `idle-timeout` alone finds a server that has stopped",
                    fetching.failure(ref(server, conditions)));
            assertEquals(List.of(), fetching.pauses());
        }
    }

    @Test
    void b10APageInPlaceOfTheFileIsTold() throws IOException {
        byte[] page = "\n <!DOCTYPE html><html>Please log in</html>".getBytes(StandardCharsets.UTF_8);
        try (ScriptedServer server = new ScriptedServer(body(200, page, "Content-Type: text/html; charset=utf-8"))) {
            assertEquals(
                    "UNRECOGNISED LOCATION: the server sends an HTML page (content type text/html; charset=utf-8) in"
                            + " place of a checkpoint, probably one to log in; open the location in a browser; if it needs"
                            + " a login, give `token`",
                    fetching.failure(ref(server)));
            assertEquals(1, server.requests().size());
            assertEquals(List.of("lock", "use"), fetching.files());
        }
    }

    @Test
    void b11AnEmptyResponseIsToldAsThat() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer(status(204), body(200, new byte[0], "Content-Type: application/octet-stream"))) {
            assertEquals(
                    "MALFORMED LOCATION: empty response: the server answers 204; check the location and that you may"
                            + " read it",
                    fetching.failure(ref(server)));
            assertEquals(
                    "MALFORMED LOCATION: empty response: 0 bytes (content type application/octet-stream); check the"
                            + " location and that you may read it",
                    fetching.failure(ref(server)));
        }
    }

    @Test
    void b13AnotherDigestIsRefusedBeforeTheFileIsParsed() throws IOException {
        byte[] hostile = "no checkpoint at all".getBytes(StandardCharsets.UTF_8);
        Sha256 expected = Sha256.parse("0".repeat(64));
        try (ScriptedServer server = new ScriptedServer(file(hostile, V1))) {
            assertEquals(
                    "DIGEST_MISMATCH LOCATION: its SHA-256 is " + Sha256.ofText("no checkpoint at all") + ", and "
                            + expected
                            + " was expected; do not use it unless its publisher has changed it; then give the"
                            + " new digest",
                    fetching.failure(ref(server, Fetching.conditions(Optional.of(expected), false))));
            assertEquals(List.of("lock", "use"), fetching.files());
        }
    }

    @Test
    void b19ADeclaredSizeAboveTheLimitIsRefusedBeforeTheDownload() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(content, V1))) {
            assertEquals(
                    "REFUSED LOCATION: the file has " + content.length
                            + " bytes, and `max-size` is 10 bytes; raise `max-size` if that is expected",
                    fetching.failure(ref(server, Fetching.atMost(10))));
            assertEquals(List.of("lock", "use"), fetching.files());
        }
    }

    @Test
    void b19ASizeThatIsNotDeclaredIsWatched() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer((request, client) -> client.getOutputStream().write(undeclared()))) {
            assertEquals(
                    "REFUSED LOCATION: more bytes arrive, and `max-size` is 10 bytes; raise `max-size` if that is"
                            + " expected",
                    fetching.failure(ref(server, Fetching.atMost(10))));
            assertEquals(List.of("lock", "use"), fetching.files());
        }
    }

    private byte[] undeclared() {
        byte[] head = "HTTP/1.1 200 x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return all;
    }

    @Test
    void b19ADiskThatIsTooFullIsToldBeforeTheDownload() throws IOException {
        Fetching full = new Fetching(cache, 5);
        try (ScriptedServer server = new ScriptedServer(file(content, V1))) {
            assertEquals(
                    "REFUSED LOCATION: the download needs " + content.length
                            + " bytes, and 5 are free in the cache folder " + cache
                            + "; make room there, or set GRAFT_CACHE to a folder on another disk",
                    full.failure(ref(server)));
            assertEquals(List.of("lock", "use"), full.files());
        }
    }
}
