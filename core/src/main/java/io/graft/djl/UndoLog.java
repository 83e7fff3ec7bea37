package io.graft.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * How a block was before each change: values in temporary files, flags in memory. Several threads may save values at once. Each
 * does so before it overwrites them, so the last one undone in any place is the first one that was written there, and the block is
 * restored even if arrays share memory.
 */
final class UndoLog implements AutoCloseable {
    private final Crew crew;

    /** One for each thread, because the kernel lets one at a time write to a file. */
    private final Map<Thread, SpillFile> files = new ConcurrentHashMap<>();

    private final Deque<Step> steps = new ConcurrentLinkedDeque<>();

    /**
     * @param crew who closes the files
     */
    UndoLog(Crew crew) {
        this.crew = crew;
    }

    /**
     * Saves a part of an array, before it is overwritten.
     *
     * @param from where the bytes begin in the slab
     */
    void saveValues(NDArray array, Slab slab, int from, ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        SpillFile file = files.computeIfAbsent(Thread.currentThread(), thread -> new SpillFile());
        long offset = file.append(bytes);
        steps.push(() -> {
            try (ArraySlab open = ArraySlab.open(array, slab)) {
                file.read(offset, open.bytes().slice(from, length));
                open.store();
            }
        });
    }

    /** Remembers a parameter's flags: its own and its array's, which differ after parameters were loaded. */
    void saveFlags(Parameter parameter) {
        boolean trainable = parameter.requiresGradient();
        boolean tracked = parameter.getArray().hasGradient();
        steps.push(() -> {
            parameter.freeze(!trainable);
            parameter.getArray().setRequiresGradient(tracked);
        });
    }

    /**
     * Undoes every change, the last one first. A step that fails does not keep the others from being undone.
     *
     * @throws IOException if saved values cannot be read; the block is then partly restored
     */
    void undo() throws IOException {
        Exception failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().undo();
            } catch (IOException | RuntimeException now) {
                if (failure == null) {
                    failure = now;
                } else {
                    failure.addSuppressed(now);
                }
            }
        }
        if (failure instanceof IOException unreadable) {
            throw unreadable;
        } else if (failure instanceof RuntimeException refused) {
            throw refused;
        }
    }

    @Override
    public void close() throws IOException {
        // Freeing the pages of large files takes a while.
        crew.share(files.values().stream().<Crew.Work>map(file -> file::close).toList());
        files.clear();
    }

    private interface Step {
        void undo() throws IOException;
    }
}
