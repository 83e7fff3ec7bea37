package io.graft.checkpoint.source;

import static io.graft.checkpoint.source.ScriptedServer.cut;
import static io.graft.checkpoint.source.ScriptedServer.file;
import static io.graft.checkpoint.source.ScriptedServer.status;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is fetched once stays at hand: when it is asked for again, when it has changed, when the next download fails. */
class CachedDownloadTest {
    private static final String V1 = "\"v1\"";
    private static final String V2 = "\"v2\"";

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

    @Test
    void b17AFailedDownloadLeavesTheOldFileAsItIs() throws IOException {
        byte[] other = Arrays.copyOf(content, content.length + 1);
        try (ScriptedServer server = new ScriptedServer(file(content, V1), cut(other, V2, 100), status(404))) {
            Path old = fetching.fetch(ref(server)).path();
            String failure = fetching.failure(ref(server));
            assertEquals("NOT_FOUND LOCATION: the server answers 404; check the location", failure);
            assertArrayEquals(content, Files.readAllBytes(old));
        }
    }

    @Test
    void b18AFileIsFetchedOnceAndAskedForAfterThat() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(content, V1))) {
            Path first = fetching.fetch(ref(server)).path();
            Path second = fetching.fetch(ref(server)).path();
            assertEquals(first, second);
            assertEquals(List.of("", V1), server.sent("if-none-match"));
        }
    }

    @Test
    void withADigestTheCachedFileIsTakenOffline() throws IOException {
        CheckpointRef ref;
        Path first;
        try (ScriptedServer server = new ScriptedServer(file(content, V1))) {
            FetchedCheckpoint fetched = fetching.fetch(ref(server));
            first = fetched.path();
            ref = ref(server, Fetching.conditions(fetched.sha256(), false));
        }
        assertEquals(first, fetching.fetch(ref).path());
    }

    @Test
    void withADigestNobodyIsAskedForTheConfigurationAgain() throws IOException {
        byte[] config = "{\"torch_dtype\": \"float16\"}".getBytes(StandardCharsets.UTF_8);
        CheckpointRef ref;
        try (ScriptedServer server = new ScriptedServer(file(content, V1), file(config, V1))) {
            ref = opened(server);
            assertEquals(Optional.of(DType.F16), open(ref).configuration().dtype());
            assertEquals(2, server.requests().size());
        }
        assertEquals(Optional.of(DType.F16), open(ref).configuration().dtype());
        assertEquals(List.of(), open(ref).warnings());
    }

    @Test
    void withADigestThatThereIsNoConfigurationIsRemembered() throws IOException {
        CheckpointRef ref;
        try (ScriptedServer server = new ScriptedServer(file(content, V1), status(404))) {
            ref = opened(server);
            assertEquals(ModelConfiguration.NONE, open(ref).configuration());
            assertEquals(2, server.requests().size());
        }
        assertEquals(ModelConfiguration.NONE, open(ref).configuration());
    }

    @Test
    void aConfigurationThatCouldNotBeHadIsAskedForAgain() throws IOException {
        byte[] config = "{\"torch_dtype\": \"float16\"}".getBytes(StandardCharsets.UTF_8);
        try (ScriptedServer server = new ScriptedServer(file(content, V1), status(403), file(config, V1))) {
            CheckpointRef ref = opened(server);
            assertEquals(Optional.of(DType.F16), open(ref).configuration().dtype());
            assertEquals(3, server.requests().size());
        }
    }

    @Test
    void withoutADigestTheConfigurationIsAskedForEachTime() throws IOException {
        byte[] config = "{\"torch_dtype\": \"float16\"}".getBytes(StandardCharsets.UTF_8);
        try (ScriptedServer server =
                new ScriptedServer(file(content, V1), status(404), file(content, V1), file(config, V2))) {
            assertEquals(ModelConfiguration.NONE, open(ref(server)).configuration());
            assertEquals(
                    Optional.of(DType.F16), open(ref(server)).configuration().dtype());
        }
    }

    @Test
    void aConfigurationThatSomebodyHasChangedInTheCacheIsFetchedAgain() throws IOException {
        byte[] config = "{\"torch_dtype\": \"float16\"}".getBytes(StandardCharsets.UTF_8);
        try (ScriptedServer server = new ScriptedServer(file(content, V1), file(config, V1))) {
            CheckpointRef ref = opened(server);
            Files.writeString(open(ref).configuration().file().orElseThrow(), "{}");
            assertEquals(Optional.of(DType.F16), open(ref).configuration().dtype());
            assertEquals(3, server.requests().size());
        }
    }

    /** Opens what a server has, and pins it. */
    private CheckpointRef opened(ScriptedServer server) {
        FetchedCheckpoint fetched = fetching.fetch(ref(server));
        fetching.fetcher().open(ref(server), fetched);
        return ref(server, Fetching.conditions(fetched.sha256(), false));
    }

    private Checkpoint open(CheckpointRef ref) {
        return fetching.fetcher().open(ref, fetching.fetch(ref));
    }

    @Test
    void aChangedFileIsFetchedAgainBesideTheOldOne() throws IOException {
        byte[] other = Fetching.pickled();
        try (ScriptedServer server = new ScriptedServer(file(content, V1), file(other, V2))) {
            CheckpointRef ref = ref(server, Fetching.conditions(Optional.empty(), true));
            Path old = fetching.fetch(ref).path();
            Path now = fetching.fetch(ref).path();
            assertArrayEquals(content, Files.readAllBytes(old));
            assertArrayEquals(other, Files.readAllBytes(now));
        }
    }

    @Test
    void aCachedFileThatSomebodyHasChangedIsFetchedAgain() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(content, V1))) {
            Path path = fetching.fetch(ref(server)).path();
            Files.writeString(path, "changed");
            assertArrayEquals(
                    content, Files.readAllBytes(fetching.fetch(ref(server)).path()));
            assertEquals(List.of("", ""), server.sent("if-none-match"));
        }
    }
}
