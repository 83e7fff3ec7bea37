package io.graft.modifiers.lora;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The two files of an adapter.
 *
 * @param config {@code adapter_config.json}
 * @param tensors {@code adapter_model.safetensors}, or another file of tensors that the option names
 */
record AdapterFiles(Path config, Path tensors) {
    private static final String CONFIG = "adapter_config.json";
    private static final List<String> TENSORS = List.of("adapter_model.safetensors", "adapter_model.bin");

    /**
     * @param path a folder that holds both, or the file of tensors
     * @throws CheckpointException if one of the two is not there
     */
    static AdapterFiles at(Path path) {
        if (!Files.exists(path)) {
            throw new CheckpointException(Reason.NOT_FOUND, path, "does not exist", "check the path");
        }
        boolean isFolder = Files.isDirectory(path);
        Path config = isFolder ? path.resolve(CONFIG) : path.resolveSibling(CONFIG);
        if (!Files.isRegularFile(config)) {
            throw missing(path, isFolder ? "has no " + CONFIG : "has no " + CONFIG + " beside it");
        }
        if (!isFolder) {
            return new AdapterFiles(config, path);
        }
        return TENSORS.stream()
                .map(path::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(tensors -> new AdapterFiles(config, tensors))
                .orElseThrow(() -> missing(path, "has no " + String.join(" and no ", TENSORS)));
    }

    private static CheckpointException missing(Path path, String what) {
        return new CheckpointException(
                Reason.NOT_FOUND, path, what, "name the folder that PEFT's save_pretrained wrote");
    }
}
