package io.graft.convert;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.pytorch.PytorchWriter;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.CheckpointWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The formats that state dicts are written in. */
public enum OutputFormat {
    /** {@code model.safetensors}, or shards with an index. */
    SAFETENSORS(List.of(".safetensors")) {
        @Override
        CheckpointWriter writer(Path folder, long maxShardSize, Map<String, String> metadata) {
            return new SafetensorsWriter(folder, "model", maxShardSize, metadata);
        }
    },
    /** {@code pytorch_model.bin}, as {@code torch.save} writes a state dict: one file, without metadata. */
    PYTORCH(List.of(".pt", ".pth", ".bin", ".ckpt")) {
        @Override
        CheckpointWriter writer(Path folder, long maxShardSize, Map<String, String> metadata) {
            return new PytorchWriter(folder.resolve(ModelFiles.PYTORCH));
        }
    };

    private final List<String> extensions;

    OutputFormat(List<String> extensions) {
        this.extensions = extensions;
    }

    /** The format that a file's name asks for. */
    public static Optional<OutputFormat> ofName(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        for (OutputFormat format : values()) {
            if (format.extensions.stream().anyMatch(name::endsWith)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /** As files and reports spell it: {@code safetensors}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Writes into a folder, under the format's usual names. */
    abstract CheckpointWriter writer(Path folder, long maxShardSize, Map<String, String> metadata);
}
