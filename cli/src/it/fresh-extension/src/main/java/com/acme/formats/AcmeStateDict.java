package com.acme.formats;

import io.graft.OutputFormat;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.Piece;
import io.graft.checkpoint.write.PlannedFile;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.config.Default;
import io.graft.config.Range;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files that {@link AcmeFormat} reads. */
@OutputFormat("acme")
public final class AcmeStateDict implements StateDictFormat {
    private final Options options;

    public AcmeStateDict(Options options) {
        this.options = options;
    }

    @Override
    public String fileName() {
        return "model.acme";
    }

    @Override
    public List<String> extensions() {
        return List.of(".acme");
    }

    @Override
    public boolean isDivisible() {
        return false;
    }

    @Override
    public boolean keepsMetadata(String key) {
        return false;
    }

    @Override
    public boolean keepsTies() {
        return false;
    }

    @Override
    public List<String> names(Path folder, OutputStateDict stateDict, long maxShardSize) {
        header(folder, stateDict);
        return List.of(fileName());
    }

    @Override
    public List<WrittenFile> write(Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions how)
            throws IOException {
        List<Piece> pieces = new ArrayList<>(List.of(Piece.of(header(folder, stateDict))));
        stateDict.tensors().forEach(tensor -> pieces.add(Piece.of(tensor)));
        PlannedFile file = new PlannedFile(fileName(), pieces, written -> new AcmeFormat().open(written));
        return new ParallelWriter(folder, how).write(List.of(file));
    }

    private byte[] header(Path folder, OutputStateDict stateDict) {
        StringBuilder lines = new StringBuilder();
        for (OutputTensor tensor : stateDict.tensors()) {
            if (!tensor.name().matches("\\S+")) {
                throw new CheckpointException(
                        Reason.UNSUPPORTED,
                        folder,
                        "a file of this format has no place for the name `" + tensor.name() + "`, which has a space",
                        "rename the tensor");
            }
            lines.append(tensor.name()).append(' ').append(tensor.dtype());
            tensor.shape().dimensions().forEach(size -> lines.append(' ').append(size));
            lines.append('\n');
        }
        byte[] text = lines.toString().getBytes(StandardCharsets.UTF_8);
        int begin = AcmeFormat.BEGIN + text.length;
        int gap = Math.floorMod(-begin, options.alignment());
        ByteBuffer header = ByteBuffer.allocate(begin + gap).order(ByteOrder.LITTLE_ENDIAN);
        header.put("ACME".getBytes(StandardCharsets.US_ASCII)).putInt(text.length + gap);
        header.put(text).put(" ".repeat(gap).getBytes(StandardCharsets.US_ASCII));
        return header.array();
    }

    /**
     * How it is written.
     *
     * @param alignment what the place of the first tensor is a multiple of
     */
    public record Options(
            @Default("1") @Range(min = 1, max = 4096) int alignment) {}
}
