package io.graft.checkpoint.source;

import static io.graft.checkpoint.source.ScriptedServer.cut;
import static io.graft.checkpoint.source.ScriptedServer.file;
import static io.graft.checkpoint.source.ScriptedServer.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads that are cut off: what has arrived is not fetched again, and parts of different contents never meet. */
class ResumedDownloadTest {
    private static final String V1 = "\"v1\"";
    private static final String V2 = "\"v2\"";

    @TempDir
    private Path cache;

    private Fetching fetching;
    private byte[] content;
    private byte[] other;

    @BeforeEach
    void start() throws IOException {
        fetching = new Fetching(cache);
        content = Fetching.safetensors();
        other = Files.readAllBytes(Fixtures.path("conversions.safetensors"));
    }

    private byte[] fetch(ScriptedServer server) throws IOException {
        return Files.readAllBytes(
                fetching.fetch(server.url("/model.safetensors")).path());
    }

    @Test
    void aCutDownloadGoesOnWhereItWasCut() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer(cut(content, V1, 100), cut(content, V1, 0), file(content, V1))) {
            // the second answer starts anew, and is cut before its first byte
            assertArrayEquals(content, fetch(server));
            assertEquals(List.of("", "bytes=100-", ""), server.sent("range"));
            assertEquals(List.of("", V1, ""), server.sent("if-range"));
        }
    }

    @Test
    void theRestIsFetchedByAnotherRunToo() throws IOException {
        FetchConditions once = Fetching.attempts(1, FetchConditions.NONE.idleTimeout(), Optional.empty());
        try (ScriptedServer server = new ScriptedServer(cut(content, V1, 100), file(content, V1))) {
            assertEquals(
                    "UNREACHABLE LOCATION: gave up after 1 attempt: the connection broke after 100 of "
                            + content.length + " bytes; try again later; what has arrived is kept if the"
                            + " server can go on from there",
                    fetching.failure(
                            CheckpointRef.of(server.url("/model.safetensors")).under(once)));
            assertEquals(List.of("lock", "part", "part.properties", "use"), fetching.files());
            assertArrayEquals(content, fetch(server));
            assertEquals(List.of("", "bytes=100-"), server.sent("range"));
            assertEquals(List.of("current.properties", "lock", "model.safetensors", "use"), fetching.files());
        }
    }

    @Test
    void aContentThatHasChangedIsFetchedFromItsStart() throws IOException {
        try (ScriptedServer server = new ScriptedServer(cut(content, V1, 100), file(other, V2))) {
            assertArrayEquals(other, fetch(server));
            assertEquals(2, server.requests().size());
        }
    }

    @Test
    void aServerThatIgnoresTheVersionIsNotBelieved() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                cut(content, V1, 100),
                (request, client) -> ScriptedServer.write(
                        client,
                        206,
                        Arrays.copyOfRange(other, 100, other.length),
                        "ETag: " + V2,
                        "Content-Range: bytes 100-" + (other.length - 1) + "/" + other.length),
                file(other, V2))) {
            assertArrayEquals(other, fetch(server));
            assertEquals(List.of("", "bytes=100-", ""), server.sent("range"));
        }
    }

    @Test
    void aWrongRangeIsNotTaken() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                cut(content, V1, 100),
                (request, client) -> ScriptedServer.write(
                        client,
                        206,
                        Arrays.copyOfRange(content, 50, content.length),
                        "ETag: " + V1,
                        "Content-Range: bytes 50-" + (content.length - 1) + "/" + content.length),
                file(content, V1))) {
            assertArrayEquals(content, fetch(server));
            assertEquals(List.of("", "bytes=100-", ""), server.sent("range"));
        }
    }

    @Test
    void aPartOfWhichNobodySaysWhichItIsIsNotTaken() throws IOException {
        FetchConditions once = Fetching.attempts(1, FetchConditions.NONE.idleTimeout(), Optional.empty());
        try (ScriptedServer server = new ScriptedServer(
                ScriptedServer.body(206, content, "ETag: " + V1),
                ScriptedServer.body(206, content, "Content-Range: bytes 7-9/10"))) {
            CheckpointRef ref =
                    CheckpointRef.of(server.url("/model.safetensors")).under(once);
            assertEquals(
                    "UNREACHABLE LOCATION: gave up after 1 attempt: the server sends a part and does not say which; try"
                            + " again later; what has arrived is kept if the server can go on from there",
                    fetching.failure(ref));
            assertEquals(
                    "UNREACHABLE LOCATION: gave up after 1 attempt: the server was asked for the whole file, and sends"
                            + " the bytes from 7 on; try again later; what has arrived is kept if the server can go on from"
                            + " there",
                    fetching.failure(ref));
        }
    }

    @Test
    void aPartThatIsWholeAlreadyIsFetchedAnew() throws IOException {
        FetchConditions once = Fetching.attempts(1, FetchConditions.NONE.idleTimeout(), Optional.empty());
        byte[] longer = Arrays.copyOf(content, content.length + 1);
        try (ScriptedServer server = new ScriptedServer(cut(longer, V1, content.length), file(content, V1))) {
            fetching.failure(CheckpointRef.of(server.url("/model.safetensors")).under(once));
            assertArrayEquals(content, fetch(server));
            assertEquals(List.of("", "bytes=" + content.length + "-", ""), server.sent("range"));
        }
    }

    @Test
    void withoutAnExactVersionEachAttemptBeginsAnew() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer(cut(content, "W/\"v1\"", 100), status(500), file(content, V1))) {
            assertArrayEquals(content, fetch(server));
            assertEquals(List.of("", "", ""), server.sent("range"));
        }
    }

    @Test
    void aBodyLongerThanDeclaredIsCutThere() throws IOException {
        byte[] longer = Arrays.copyOf(content, content.length + 50);
        try (ScriptedServer server = new ScriptedServer(
                ScriptedServer.body(200, longer, "Content-Length: " + content.length, "ETag: " + V1))) {
            assertArrayEquals(content, fetch(server));
        }
    }
}
