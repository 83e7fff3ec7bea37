package io.graft.apply.output;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.PytorchWriter;
import io.graft.checkpoint.write.OutputTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A PyTorch file in which a tensor has two names. */
final class TiedCheckpoint {
    private TiedCheckpoint() {}

    /** Writes the tensors of a file beside it, one of them under another name as well. */
    static Path write(Path from, String tensor, String other) throws IOException {
        List<OutputTensor> outputs = new ArrayList<>();
        for (TensorEntry entry : Checkpoint.open(from).tensors().values()) {
            outputs.add(new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data));
            if (entry.name().equals(tensor)) {
                outputs.add(new OutputTensor(other, entry.dtype(), entry.shape(), entry::data, Optional.of(tensor)));
            }
        }
        Path file = from.resolveSibling("tied.bin");
        new PytorchWriter(file).write(outputs);
        return file;
    }
}
