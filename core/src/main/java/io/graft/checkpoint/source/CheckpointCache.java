package io.graft.checkpoint.source;

import io.graft.checkpoint.Sha256;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The folder that fetched checkpoints are kept in, one folder below it for each location.
 *
 * @param folder need not exist
 * @param sizeLimit as {@link CacheLimit#parse} takes it
 */
record CheckpointCache(Path folder, String sizeLimit) {
    private static final int KEY_DIGITS = 32;

    /**
     * The cache of the user: {@code GRAFT_CACHE}, or else where the system has its caches, and {@code GRAFT_CACHE_LIMIT}.
     *
     * @param environment as {@link System#getenv()}
     * @param home the user's home
     * @param system as the property {@code os.name}
     */
    static CheckpointCache of(Map<String, String> environment, Path home, String system) {
        return new CheckpointCache(
                variable(environment, "GRAFT_CACHE")
                        .map(Path::of)
                        .orElseGet(() -> ofUser(environment, home, system).resolve("graft"))
                        .toAbsolutePath()
                        .resolve("checkpoints"),
                variable(environment, "GRAFT_CACHE_LIMIT").orElse(""));
    }

    private static Path ofUser(Map<String, String> environment, Path home, String system) {
        if (system.startsWith("Windows")) {
            return variable(environment, "LOCALAPPDATA")
                    .map(Path::of)
                    .orElse(home.resolve("AppData").resolve("Local"));
        }
        if (system.startsWith("Mac")) {
            return home.resolve("Library").resolve("Caches");
        }
        // a relative one has to be ignored, says the XDG Base Directory Specification
        return variable(environment, "XDG_CACHE_HOME")
                .map(Path::of)
                .filter(Path::isAbsolute)
                .orElse(home.resolve(".cache"));
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /**
     * How much it may hold.
     *
     * @throws TransferException if what a person has set is no size
     */
    CacheLimit limit() throws TransferException {
        return CacheLimit.parse(sizeLimit);
    }

    /**
     * The place of one location; settings are a part of it, since another endpoint has other files.
     *
     * @param server as {@link CheckpointSource#server}
     */
    CacheEntry entry(CheckpointRef ref, String server) {
        String key = Sha256.ofText(ref.uri() + "\n" + new TreeMap<>(ref.settings()) + "\n" + server)
                .hex();
        return new CacheEntry(folder.resolve(key.substring(0, KEY_DIGITS)));
    }
}
