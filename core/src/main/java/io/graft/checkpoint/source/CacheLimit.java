package io.graft.checkpoint.source;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.tensor.DataUnits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much a cache may hold after a download: what was not used for the longest time goes first, and what somebody uses stays.
 *
 * @param bytes all of it
 */
record CacheLimit(long bytes) {
    private static final Logger LOGGER = LoggerFactory.getLogger(CacheLimit.class);
    private static final CacheLimit USUAL = new CacheLimit(20L << 30);
    private static final CacheLimit NONE = new CacheLimit(Long.MAX_VALUE);

    /**
     * The limit that a person has set.
     *
     * @param text a size as configurations have it, {@code 50GB}, or {@code none}; empty for the usual 20 GiB
     * @throws TransferException if it is something else
     */
    static CacheLimit parse(String text) throws TransferException {
        String given = text.strip();
        if (given.isEmpty()) {
            return USUAL;
        }
        if (given.toLowerCase(Locale.ROOT).equals("none")) {
            return NONE;
        }
        OptionalLong bytes = DataUnits.parse(given);
        if (bytes.isEmpty()) {
            throw TransferException.lasting(
                    Reason.UNSUPPORTED,
                    "GRAFT_CACHE_LIMIT is `" + given + "`, which is no size",
                    "set it to one as 50GB or 20GiB, or to none");
        }
        return new CacheLimit(bytes.getAsLong());
    }

    /** Removes what is too much. What cannot be removed now is left to the next download. */
    void enforce(Path cache) {
        try {
            long size = size(cache);
            for (CacheEntry entry : size > bytes ? byLastUse(cache) : List.<CacheEntry>of()) {
                if (size > bytes && CacheUse.exclude(entry.use(), entry::clear)) {
                    size = size(cache);
                }
            }
        } catch (IOException | UncheckedIOException failed) {
            LOGGER.warn(
                    "the cache {} holds more than {} bytes, and cannot be cleared: {}",
                    cache,
                    bytes,
                    failed.toString());
        }
    }

    private record Aged(CacheEntry entry, Instant lastUse) {}

    private static List<CacheEntry> byLastUse(Path cache) throws IOException {
        List<Aged> entries = new ArrayList<>();
        for (CacheEntry entry : CacheEntry.all(cache)) {
            entries.add(new Aged(entry, entry.lastUse()));
        }
        return entries.stream()
                .sorted(Comparator.comparing(Aged::lastUse))
                .map(Aged::entry)
                .toList();
    }

    /** The bytes on the disk: a file that has several names is there once, one that goes in the meantime is not. */
    private static long size(Path cache) throws IOException {
        Set<Object> counted = new HashSet<>();
        long[] size = {0};
        Files.walkFileTree(cache, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (attributes.fileKey() == null || counted.add(attributes.fileKey())) {
                    size[0] += attributes.size();
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path gone, IOException why) {
                return FileVisitResult.CONTINUE;
            }
        });
        return size[0];
    }
}
