package io.graft.benchmarks.files;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.pytorch.TorchScriptWriter;
import io.graft.checkpoint.write.OutputTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a copy of a TorchScript archive with other values, for PyTorch to open: {@code reference/check_outputs.py} calls it.
 *
 * <p>Arguments: the archive, a checkpoint that has the values by their names in the archive, and the file to write.
 */
public final class ReplacedValues {
    private ReplacedValues() {}

    /** Writes the copy. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            System.err.println("usage: ReplacedValues ARCHIVE VALUES OUT");
            return;
        }
        Checkpoint archive = Checkpoint.open(Path.of(arguments[0]));
        List<OutputTensor> values = Checkpoint.open(Path.of(arguments[1])).tensors().values().stream()
                .map(ReplacedValues::output)
                .toList();
        new TorchScriptWriter(archive, Path.of(arguments[2])).write(values);
    }

    private static OutputTensor output(TensorEntry entry) {
        return new OutputTensor(entry.name(), entry.dtype(), entry.shape(), entry::data);
    }
}
