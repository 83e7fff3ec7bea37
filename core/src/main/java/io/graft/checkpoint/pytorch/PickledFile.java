package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.pytorch.container.LegacyContainer;
import io.graft.checkpoint.pytorch.container.TorchArchive;
import io.graft.checkpoint.pytorch.pickle.PickleLimits;
import io.graft.checkpoint.pytorch.pickle.PickleValue;
import io.graft.checkpoint.pytorch.state.FoundSections;
import io.graft.checkpoint.pytorch.state.NamedTensor;
import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * What {@code torch.save} has written of one object.
 *
 * @param root the object
 * @param locating finds its tensors in the file
 */
record PickledFile(PickleValue root, FoundSections.Locating locating) {
    /** In the zip container. */
    static PickledFile in(TorchArchive archive, CheckpointFile file, Refusals refusals) throws IOException {
        return new PickledFile(archive.readPickle(PickleLimits.DEFAULT), tensors -> {
            try (FileChannel channel = file.open()) {
                return NamedTensor.locate(
                        tensors, (key, wantedBy) -> archive.storage("data", key, wantedBy, channel), refusals);
            }
        });
    }

    /** In the container of before PyTorch 1.6. */
    static PickledFile legacy(CheckpointFile file, Refusals refusals) throws IOException {
        LegacyContainer container = LegacyContainer.open(file, PickleLimits.DEFAULT);
        return new PickledFile(
                container.root(),
                tensors -> NamedTensor.locate(
                        tensors, (key, wantedBy) -> container.storage(key, wantedBy, refusals), refusals));
    }
}
