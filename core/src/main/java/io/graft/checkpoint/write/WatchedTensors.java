package io.graft.checkpoint.write;

import io.graft.checkpoint.Progress;
import java.util.List;
import java.util.OptionalLong;

/** Tells how much of a state dict was written before each of its tensors, whichever thread writes it. */
final class WatchedTensors {
    private final Progress progress;
    private final OptionalLong total;
    private long done;

    private WatchedTensors(Progress progress, OptionalLong total) {
        this.progress = progress;
        this.total = total;
    }

    /** @param whole whether all of them are written, so that it is known how much that is */
    static List<OutputTensor> of(List<OutputTensor> tensors, Progress progress, boolean whole) {
        long total = 0;
        for (OutputTensor tensor : tensors) {
            total += tensor.sameAs().isPresent() ? 0 : bytes(tensor);
        }
        WatchedTensors watched = new WatchedTensors(progress, whole ? OptionalLong.of(total) : OptionalLong.empty());
        return tensors.stream().map(watched::watch).toList();
    }

    private static long bytes(OutputTensor tensor) {
        return tensor.dtype().byteCount(tensor.shape());
    }

    private OutputTensor watch(OutputTensor tensor) {
        return new OutputTensor(
                tensor.name(),
                tensor.dtype(),
                tensor.shape(),
                () -> {
                    begin(bytes(tensor));
                    return tensor.data().materialize();
                },
                tensor.sameAs(),
                tensor.blockType(),
                tensor.pass());
    }

    private synchronized void begin(long bytes) {
        progress.reached("writing", done, total);
        done += bytes;
    }
}
