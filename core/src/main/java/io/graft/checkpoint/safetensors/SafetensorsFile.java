package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.ByteRange;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.UnreadableData;
import io.graft.checkpoint.bytes.Refusals;
import io.graft.checkpoint.layout.TensorSet.Refusal;
import io.graft.tensor.DType;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One file, opened by its header.
 *
 * @param tensors in the header's order
 */
record SafetensorsFile(Path path, Map<String, TensorEntry> tensors, Map<String, String> metadata) {
    static SafetensorsFile open(Path path) throws IOException {
        CheckpointFile file = CheckpointFile.of(path);
        SafetensorsHeader header = SafetensorsHeader.read(file);
        Map<String, TensorEntry> tensors = new LinkedHashMap<>();
        for (HeaderEntry entry : header.entries()) {
            long offset = header.dataStart() + entry.begin();
            long length = entry.end() - entry.begin();
            tensors.put(
                    entry.name(),
                    new TensorEntry(
                            entry.name(),
                            entry.dtype(),
                            entry.shape(),
                            new ByteRange(file.path(), offset, length),
                            data(file, entry, offset, length)));
        }
        return new SafetensorsFile(file.path(), tensors, header.metadata());
    }

    private static Refusal packed(DType dtype) {
        return new Refusal(
                "has dtype " + dtype + ", whose elements do not fill whole bytes",
                "save it with another dtype; Graft reads those of 8 bits and more");
    }

    private static TensorData data(CheckpointFile file, HeaderEntry entry, long offset, long length) {
        if (!SafetensorsTypes.isSupported(entry.dtype())) {
            return new UnreadableData(file.path(), entry.name(), packed(entry.dtype()), length);
        }
        TensorData stored = file.data(offset, length);
        if (entry.dtype() != DType.BOOL) {
            return stored;
        }
        return new BooleanTensorData(
                stored,
                () -> new Refusals(file.path(), SafetensorsFormat.ADVICE)
                        .malformed("tensor '" + TensorName.printable(entry.name())
                                + "' is BOOL and holds a byte other than 0 and 1"));
    }
}
