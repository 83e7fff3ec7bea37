package io.graft.checkpoint.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** What a download needs of the machine it runs on. */
record Surroundings(Backoff backoff, Pause pause, FreeSpace freeSpace) {
    /** The machine as it is. */
    static final Surroundings REAL = new Surroundings(
            new Backoff(() -> ThreadLocalRandom.current().nextDouble()),
            Surroundings::sleep,
            folder -> Files.getFileStore(folder).getUsableSpace());

    /** How many bytes fit into a folder. */
    @FunctionalInterface
    interface FreeSpace {
        long in(Path folder) throws IOException;
    }

    private static void sleep(Duration duration) throws InterruptedException {
        Thread.sleep(duration.toMillis());
    }
}
