package io.graft.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint opened by its headers: names, shapes, dtypes, byte ranges and metadata. No tensor data is read and nothing
 * found in the file is executed.
 *
 * @param path the file or folder, canonical
 * @param format id of the {@link CheckpointFormat} that read it: {@code safetensors}, {@code pytorch}
 * @param layout what the content is: {@code state_dict}, {@code pytorch} (a container such as {@code model_state_dict}),
 *     {@code lightning}, {@code module} (a whole module, pickled) or {@code torchscript}
 * @param tensors the state dict in the file's order; keys are the entries' names
 * @param metadata the text metadata of the file, and scalars that stand beside the state dict ({@code epoch})
 * @param warnings what a person should know, such as a second container that was not used; in reading order
 */
public record Checkpoint(
        Path path,
        String format,
        String layout,
        Map<String, TensorEntry> tensors,
        Map<String, String> metadata,
        List<String> warnings) {

    /**
     * Opens a file, or a folder that holds {@code model.safetensors} or {@code model.safetensors.index.json}. The content
     * decides the format, never the extension; {@code ~} is expanded and links are resolved.
     *
     * @throws CheckpointException if the path cannot be read, is of no known format, or is refused
     */
    public static Checkpoint open(Path path) {
        return CheckpointOpener.open(path);
    }

    /** Names that stand for one tensor, as {@link TensorEntry#isTiedTo} tells it; each group in the order of the file. */
    public List<List<String>> ties() {
        return Ties.among(tensors.values());
    }
}
