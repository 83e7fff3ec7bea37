package io.graft.training.checkpoint;

import io.graft.GraftException;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.model.Ties;
import io.graft.problem.FirstFew;
import io.graft.report.ReportJson;
import io.graft.training.optimizer.NamedOptimizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training as it was at a moment: copies of all values, which wait to be written while the training goes on.
 *
 * @param model the state dict, with what parametrizations own
 * @param manifest of the run that made the model
 */
record Snapshot(List<OutputTensor> model, OptimizerCopy optimizer, TrainingState state, String manifest) {
    private static final String HELP = "train without `checkpoints`";

    /**
     * @throws GraftException if a tensor is larger than a copy of it can be
     */
    static void requireRoom(ModifiedModel model) {
        Map<String, Long> bytes = new LinkedHashMap<>();
        model.draft()
                .tensors()
                .forEach(tensor -> bytes.put(
                        tensor.name(),
                        tensor.base().dtype().byteCount(tensor.base().shape())));
        requireRoom(bytes);
    }

    /** The same, of tensors of so many bytes. */
    static void requireRoom(Map<String, Long> bytes) {
        List<String> large = bytes.entrySet().stream()
                .filter(each -> each.getValue() > Integer.MAX_VALUE)
                .map(Map.Entry::getKey)
                .toList();
        if (!large.isEmpty()) {
            throw SavedStates.mismatch(
                    "the training cannot be saved: " + FirstFew.names(large) + " of the model "
                            + (large.size() == 1 ? "takes" : "take") + " 2 GiB or more",
                    HELP);
        }
    }

    /**
     * @param memory for the copies, which nobody may begin again with before they are written
     */
    static Snapshot of(ModifiedModel model, NamedOptimizer optimizer, TrainingState state, CopyMemory memory)
            throws IOException {
        List<OutputTensor> tensors = model.read(draft -> {
            List<OutputTensor> copies = new ArrayList<>();
            Ties ties = Ties.of(draft.tensors());
            for (DraftTensor tensor : draft.tensors()) {
                if (ties.counts(tensor)) {
                    copies.add(TensorCopies.of(
                            tensor.name(),
                            tensor.base().dtype(),
                            tensor.base().shape(),
                            tensor.base().materialize(),
                            memory));
                }
            }
            return copies;
        });
        return new Snapshot(
                tensors,
                OptimizerCopy.of(optimizer, memory),
                state,
                ReportJson.pretty("train", Path.of("")).of(model.report()));
    }
}
