package io.graft.training.strategy;

import io.graft.ModelModifier;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.tree.Selector;
import io.graft.modifiers.transfer.TransferLearningModelModifier;
import io.graft.modifiers.transfer.TransferLearningOptions;
import io.graft.modifiers.transfer.TransferLearningOptions.Buffers;
import io.graft.modifiers.transfer.TransferLearningOptions.DtypeMismatch;
import io.graft.modifiers.transfer.TransferLearningOptions.OnUnexpected;
import java.util.List;
import java.util.Optional;

/** The modifier that does what a strategy says. */
final class Loading {
    private Loading() {}

    /** Every tensor from an entry of its own, whatever prefix the names have. */
    static ModelModifier strict(CheckpointRef checkpoint, List<Selector> exclude) {
        return loading(checkpoint, true, false, exclude);
    }

    /** The tensors that entries fit. */
    static ModelModifier fitting(CheckpointRef checkpoint, boolean skipMismatched) {
        return loading(checkpoint, false, skipMismatched, List.of());
    }

    private static ModelModifier loading(
            CheckpointRef checkpoint, boolean strict, boolean skipMismatched, List<Selector> exclude) {
        return new TransferLearningModelModifier(new TransferLearningOptions(
                checkpoint,
                strict,
                skipMismatched,
                "auto",
                Optional.empty(),
                List.of(),
                List.of(),
                exclude,
                Buffers.LOAD,
                OnUnexpected.IGNORE,
                DtypeMismatch.CAST,
                false,
                true,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of()));
    }
}
