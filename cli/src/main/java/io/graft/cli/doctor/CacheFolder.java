package io.graft.cli.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder where something is kept from run to run.
 *
 * @param name what is kept there
 */
record CacheFolder(String name, Path path) {
    private static final double MEBIBYTE = 1 << 20;

    /** Where DJL unpacks its native libraries; the variables are DJL's own. */
    static CacheFolder ofDjl(Map<String, String> environment) {
        return new CacheFolder(
                "DJL's cache",
                setting(environment, "ENGINE_CACHE_DIR")
                        .or(() -> setting(environment, "DJL_CACHE_DIR"))
                        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".djl.ai")));
    }

    /** Where the launcher keeps its class-data archive. */
    static CacheFolder ofGraft(Map<String, String> environment) {
        Path caches = Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .filter(value -> !value.isEmpty())
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"));
        return new CacheFolder("Graft's cache", caches.resolve("graft"));
    }

    private static Optional<Path> setting(Map<String, String> environment, String name) {
        return Optional.ofNullable(System.getProperty(name, environment.get(name)))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
    }

    Finding finding() {
        Path existing = path.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return Finding.wrong("cache", name + " " + path + " cannot be written", "make it writable for this user");
        }
        return Finding.ok("cache", name + " " + path + ", " + (Files.exists(path) ? size() : "not there yet"));
    }

    private String size() {
        try (Stream<Path> files = Files.walk(path)) {
            long bytes = files.filter(Files::isRegularFile)
                    .mapToLong(CacheFolder::size)
                    .sum();
            return String.format(Locale.ROOT, "%.1f MiB", bytes / MEBIBYTE);
        } catch (IOException | UncheckedIOException unreadable) {
            return "of unknown size";
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException gone) {
            return 0;
        }
    }
}
