package io.graft.modifiers.lora;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.checkpoint.source.FileSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The two files of an adapter: that of its tensors, and its configuration beside it. */
final class AdapterFiles {
    static final String CONFIG = "adapter_config.json";

    private static final List<String> TENSORS = List.of("adapter_model.safetensors", "adapter_model.bin");
    private static final String OF_MLX = "adapters.safetensors";

    private AdapterFiles() {}

    /**
     * The file of tensors, under the adapter's conditions.
     *
     * @param adapter that file, or a folder of this machine that holds both
     * @throws CheckpointException if it is of this machine and one of the two is not there
     */
    static CheckpointRef tensorsOf(CheckpointRef adapter) {
        return adapter.isFile()
                ? CheckpointRef.of(tensorsAt(FileSource.path(adapter))).under(adapter.conditions())
                : adapter;
    }

    private static Path tensorsAt(Path path) {
        if (!Files.exists(path)) {
            throw new CheckpointException(Reason.NOT_FOUND, path, "does not exist", "check the path");
        }
        boolean isFolder = Files.isDirectory(path);
        if (isFolder && Files.isRegularFile(path.resolve(OF_MLX))) {
            throw foreign(path, ForeignKeys.MLX);
        }
        Path config = isFolder ? path.resolve(CONFIG) : path.resolveSibling(CONFIG);
        if (!Files.isRegularFile(config)) {
            if (!isFolder) {
                ForeignKeys.of(Checkpoint.open(path).tensors().keySet()).ifPresent(whose -> {
                    throw foreign(path, whose);
                });
            }
            throw missing(path, isFolder ? "has no " + CONFIG : "has no " + CONFIG + " beside it");
        }
        if (!isFolder) {
            return path;
        }
        return TENSORS.stream()
                .map(path::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> missing(path, "has no " + String.join(" and no ", TENSORS)));
    }

    private static CheckpointException foreign(Path path, ForeignKeys whose) {
        return new CheckpointException(
                Reason.UNSUPPORTED, path, "is an adapter with keys " + whose.whose(), whose.help());
    }

    private static CheckpointException missing(Path path, String what) {
        return new CheckpointException(
                Reason.NOT_FOUND, path, what, "name the folder that PEFT's save_pretrained wrote");
    }
}
