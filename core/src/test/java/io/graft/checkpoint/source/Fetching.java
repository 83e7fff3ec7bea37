package io.graft.checkpoint.source;

import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.Fixtures;
import io.graft.checkpoint.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A fetcher with a cache of its own that does not sleep, and remembers how long it would have. */
final class Fetching {
    static final String LOCATION = "LOCATION";

    private final Path cache;
    private final List<Duration> pauses = new ArrayList<>();
    private final CheckpointFetcher fetcher;

    Fetching(Path cache) {
        this(cache, Long.MAX_VALUE);
    }

    /**
     * @param free bytes that the disk says it has
     */
    Fetching(Path cache, long free) {
        this.cache = cache;
        fetcher = fetcher(new CheckpointCache(cache, ""), CheckpointSources.discover(), pauses::add, free);
    }

    /**
     * @param limit of the cache
     */
    Fetching(Path cache, String limit) {
        this.cache = cache;
        fetcher = fetcher(new CheckpointCache(cache, limit), CheckpointSources.discover(), pauses::add, Long.MAX_VALUE);
    }

    /** With one source and nothing else. */
    Fetching(Path cache, CheckpointSource source, Pause pause) {
        this.cache = cache;
        fetcher = fetcher(
                new CheckpointCache(cache, ""),
                new CheckpointSources(List.of(source), List.of()),
                pause,
                Long.MAX_VALUE);
    }

    private static CheckpointFetcher fetcher(CheckpointCache cache, CheckpointSources sources, Pause pause, long free) {
        return new CheckpointFetcher(
                () -> sources,
                Fetching.class.getClassLoader(),
                cache,
                new Surroundings(new Backoff(() -> 1), pause, folder -> free));
    }

    /** The bytes of a small safetensors file. */
    static byte[] safetensors() throws IOException {
        return Files.readAllBytes(Fixtures.path("epd/model.safetensors"));
    }

    /** The bytes of a small file of torch.save. */
    static byte[] pickled() throws IOException {
        return Files.readAllBytes(Fixtures.path("/fixtures/m43/full7-lightning.ckpt"));
    }

    static FetchConditions conditions(Optional<Sha256> sha256, boolean allowPickle) {
        FetchConditions none = FetchConditions.NONE;
        return new FetchConditions(
                sha256,
                none.maxBytes(),
                none.attempts(),
                none.idleTimeout(),
                none.timeout(),
                allowPickle,
                none.token());
    }

    static FetchConditions attempts(int attempts, Duration idle, Optional<Duration> timeout) {
        return new FetchConditions(
                Optional.empty(), Optional.empty(), attempts, idle, timeout, false, Optional.empty());
    }

    static FetchConditions atMost(long bytes) {
        FetchConditions none = FetchConditions.NONE;
        return new FetchConditions(
                none.sha256(),
                Optional.of(bytes),
                none.attempts(),
                none.idleTimeout(),
                none.timeout(),
                false,
                none.token());
    }

    CheckpointFetcher fetcher() {
        return fetcher;
    }

    FetchedCheckpoint fetch(String uri) {
        return fetch(CheckpointRef.of(uri));
    }

    FetchedCheckpoint fetch(CheckpointRef ref) {
        return fetcher.fetch(ref);
    }

    /** What the fetch says when it fails, with the location replaced, and its reason. */
    String failure(CheckpointRef ref) {
        CheckpointException failed = assertThrows(CheckpointException.class, () -> fetcher.fetch(ref));
        return failed.reason() + " " + failed.getMessage().replace(ref.shown(), LOCATION);
    }

    String failure(String uri) {
        return failure(CheckpointRef.of(uri));
    }

    List<Duration> pauses() {
        return pauses;
    }

    /** The names of all files in the cache, without the digits of folders. */
    List<String> files() throws IOException {
        if (!Files.exists(cache)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(cache)) {
            return tree.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }
}
