package io.graft.checkpoint.carry;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file that goes along with a model.
 *
 * @param name relative to the model's folder, with forward slashes
 * @param file where it is, links resolved, and as it was when it was found
 * @param corrected its text where it is another one than there
 */
public record CarriedFile(String name, CheckpointFile file, Optional<String> corrected) {
    CarriedFile(String name, CheckpointFile file) {
        this(name, file, Optional.empty());
    }

    /**
     * Writes it.
     *
     * @param folder of the output
     * @throws IOException if it cannot be written, or is not what it was when it was found
     */
    public WrittenFile write(Path folder, WriteOptions options) throws IOException {
        Path target = folder.resolve(name);
        Files.createDirectories(target.getParent());
        PlannedFile planned = new PlannedFile(
                target.getFileName().toString(), List.of(content()), written -> file.requireUnchanged());
        return new ParallelWriter(target.getParent(), options)
                .write(List.of(planned))
                .get(0)
                .as(WrittenFile.Kind.CARRIED);
    }

    private Piece content() {
        return corrected
                .map(text -> Piece.of(text.getBytes(StandardCharsets.UTF_8)))
                .orElseGet(() -> Piece.of(
                        new OutputTensor(name, DType.U8, Shape.of(file.size()), () -> file.data(0, file.size()))));
    }
}
