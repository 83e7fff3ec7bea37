package io.graft.checkpoint.gguf;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a file says beside its tensors, in the bytes in which it says it: the hyper-parameters of a model, and its tokenizer.
 *
 * @param version of the file
 * @param count of the pairs
 * @param bytes of all of them
 * @param alignment of tensors, which they tell
 */
record GgufPairs(int version, long count, TensorData bytes, int alignment) {
    /** Those of a file that has tensors of the same names, shapes and types in the same order; empty if it has others, or is no GGUF file. */
    static Optional<GgufPairs> of(Path file, List<OutputTensor> tensors) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        GgufReader reader = new GgufReader(CheckpointFile.of(file));
        try {
            return isOf(reader.read("gguf"), tensors) ? Optional.of(reader.pairs()) : Optional.empty();
        } catch (CheckpointException anotherFormat) {
            return Optional.empty();
        }
    }

    private static boolean isOf(Checkpoint checkpoint, List<OutputTensor> tensors) {
        List<TensorEntry> entries = List.copyOf(checkpoint.stored().values());
        boolean isSame = entries.size() == tensors.size();
        for (int i = 0; isSame && i < entries.size(); i++) {
            TensorEntry entry = entries.get(i);
            OutputTensor tensor = tensors.get(i);
            isSame = entry.name().equals(tensor.name())
                    && entry.dtype() == tensor.dtype()
                    && entry.shape().equals(tensor.shape())
                    && entry.blockType().equals(tensor.blockType());
        }
        return isSame;
    }

    /** Their bytes. */
    byte[] all() throws IOException {
        ByteBuffer window = bytes.window(0, Math.toIntExact(bytes.byteCount()));
        byte[] all = new byte[window.remaining()];
        window.get(all);
        return all;
    }
}
