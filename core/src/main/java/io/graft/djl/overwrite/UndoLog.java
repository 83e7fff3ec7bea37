package io.graft.djl.overwrite;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.graft.RollBackException;
import io.graft.djl.array.ArraySlab;
import io.graft.djl.array.BaseArray;
import io.graft.djl.array.LiveTensorData;
import io.graft.djl.array.Slab;
import io.graft.djl.array.WeightWriter;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * How a block was before each change: values in temporary files, flags in memory. Several threads may save values at once. Each
 * does so before it overwrites them, so the last one undone in any place is the first one that was written there, and the block is
 * restored even if arrays share memory.
 */
public final class UndoLog implements AutoCloseable {
    private final Crew crew;
    private final boolean keeps;

    /** One for each thread, because the kernel lets one at a time write to a file. */
    private final Map<Thread, SpillFile> files = new ConcurrentHashMap<>();

    private final Deque<Step> steps = new ConcurrentLinkedDeque<>();

    /**
     * @param crew who closes the files
     * @param keeps whether values are kept; if not, undoing tells which tensors are not as they were
     */
    public UndoLog(Crew crew, boolean keeps) {
        this.crew = crew;
        this.keeps = keeps;
    }

    /**
     * Saves a part of an array, before it is overwritten.
     *
     * @param tensor whose array it is
     * @param from where the bytes begin in the slab
     */
    void saveValues(String tensor, NDArray array, Slab slab, int from, ByteBuffer bytes) throws IOException {
        if (!keeps) {
            steps.push(new Step(tensor, UndoLog::refuse));
            return;
        }
        int length = bytes.remaining();
        SpillFile file = files.computeIfAbsent(Thread.currentThread(), thread -> new SpillFile());
        long offset = file.append(bytes);
        steps.push(new Step(tensor, () -> {
            try (ArraySlab open = ArraySlab.open(array, slab)) {
                file.read(offset, open.bytes().slice(from, length));
                open.store();
            }
        }));
    }

    private static void refuse() throws IOException {
        throw new IOException("old values were not kept, as the run was asked to do without undo");
    }

    /** Saves the values of a parameter, before its array is given up. */
    public void saveArray(String tensor, Parameter parameter) throws IOException {
        if (!keeps) {
            steps.push(new Step(tensor, UndoLog::refuse));
            return;
        }
        SpillFile file = files.computeIfAbsent(Thread.currentThread(), thread -> new SpillFile());
        TensorData saved = file.append(new LiveTensorData(parameter.getArray()));
        boolean tracked = parameter.getArray().hasGradient();
        steps.push(new Step(tensor, () -> {
            BaseArray.makeRoom(parameter);
            new WeightWriter().write(parameter.getArray(), saved);
            parameter.getArray().setRequiresGradient(tracked);
        }));
    }

    /** Remembers that a parameter has no values, before it gets an array for some. */
    public void saveAbsence(String tensor, Parameter parameter) {
        steps.push(new Step(tensor, () -> BaseArray.giveUp(parameter)));
    }

    /** Remembers a parameter's flags: its own and its array's, which differ after parameters were loaded. */
    public void saveFlags(String tensor, Parameter parameter) {
        boolean trainable = parameter.requiresGradient();
        boolean tracked = parameter.getArray().hasGradient();
        steps.push(new Step(tensor, () -> {
            parameter.freeze(!trainable);
            parameter.getArray().setRequiresGradient(tracked);
        }));
    }

    /**
     * Undoes every change, the last one first. A step that fails does not keep the others from being undone.
     *
     * @throws RollBackException if a tensor is not as it was
     */
    public void undo() {
        TreeSet<String> lost = new TreeSet<>();
        Throwable first = null;
        for (Step step = steps.poll(); step != null; step = steps.poll()) {
            try {
                step.undoing().undo();
            } catch (Throwable failure) {
                lost.add(step.tensor());
                first = first == null ? failure : first;
            }
        }
        if (first != null) {
            throw new RollBackException(List.copyOf(lost), first);
        }
    }

    @Override
    public void close() {
        try {
            // Freeing the pages of large files takes a while.
            crew.share(
                    files.values().stream().<Crew.Work>map(file -> file::close).toList());
        } catch (IOException unclosed) {
            // Nobody needs what was in it, and the model is what it should be.
        }
        files.clear();
    }

    private record Step(String tensor, Undoing undoing) {}

    private interface Undoing {
        void undo() throws IOException;
    }
}
