package io.graft.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.graft.checkpoint.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** How a block was before each change: values in a temporary file, flags in memory. */
final class UndoLog implements AutoCloseable {
    private final SpillFile spill = new SpillFile();
    private final WeightWriter writer;
    private final Deque<Step> steps = new ArrayDeque<>();

    UndoLog(WeightWriter writer) {
        this.writer = writer;
    }

    /** Remembers a parameter's values, before they are overwritten. */
    void saveValues(Parameter parameter) throws IOException {
        NDArray array = parameter.getArray();
        TensorData old = spill.append(new LiveTensorData(array));
        steps.push(() -> writer.write(array, old));
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
     * @throws UncheckedIOException if the saved values cannot be read; the block is then partly restored
     */
    void undo() {
        RuntimeException failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().undo();
            } catch (IOException unreadable) {
                failure = first(failure, new UncheckedIOException(unreadable));
            } catch (RuntimeException refused) {
                failure = first(failure, refused);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        spill.close();
    }

    private static RuntimeException first(RuntimeException earlier, RuntimeException now) {
        if (earlier == null) {
            return now;
        }
        earlier.addSuppressed(now);
        return earlier;
    }

    private interface Step {
        void undo() throws IOException;
    }
}
