package io.graft.benchmarks.live;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The least that a load into live arrays can cost: the data of one file, read straight into the arrays' memory on all processors,
 * with or without keeping the old values in temporary files, one for each thread. It checks nothing and restores nothing.
 */
final class LiveLoadFloor {
    private static final int PIECE = 1 << 20;

    private final Path file;
    private final List<ByteBuffer> arrays;

    /**
     * @param file that ends with the arrays' data in their order
     * @param arrays of whole mebibytes, on the processor
     */
    LiveLoadFloor(Path file, List<NDArray> arrays) {
        this.file = file;
        this.arrays = arrays.stream().map(array -> array.toByteBuffer(true)).toList();
    }

    void load(boolean keepingOldValues) throws IOException {
        int bytes = arrays.get(0).capacity();
        int pieces = arrays.size() * (bytes / PIECE);
        try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
            long start = source.size() - (long) pieces * PIECE;
            AtomicInteger next = new AtomicInteger();
            onEveryProcessor(() -> {
                try (FileChannel old = keepingOldValues ? temporaryFile() : null) {
                    for (int piece; (piece = next.getAndIncrement()) < pieces; ) {
                        long at = (long) piece * PIECE;
                        ByteBuffer memory = arrays.get((int) (at / bytes)).slice((int) (at % bytes), PIECE);
                        if (keepingOldValues) {
                            old.write(memory.duplicate());
                        }
                        source.read(memory, start + at);
                    }
                }
            });
        }
    }

    private static FileChannel temporaryFile() throws IOException {
        return FileChannel.open(
                Files.createTempFile("floor", ".tensors"),
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void onEveryProcessor(Work work) throws IOException {
        CompletableFuture<?>[] all = IntStream.range(0, Runtime.getRuntime().availableProcessors())
                .mapToObj(thread -> CompletableFuture.runAsync(() -> run(work), task -> new Thread(task).start()))
                .toArray(CompletableFuture[]::new);
        try {
            CompletableFuture.allOf(all).join();
        } catch (CompletionException failed) {
            throw new IOException(failed.getCause());
        }
    }

    private static void run(Work work) {
        try {
            work.run();
        } catch (IOException failure) {
            throw new CompletionException(failure);
        }
    }
}
