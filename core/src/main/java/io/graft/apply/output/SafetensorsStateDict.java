package io.graft.apply.output;

import io.graft.OutputFormat;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.safetensors.SafetensorsWriter;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** safetensors files, in shards with an index where they would be too large. */
@OutputFormat("safetensors")
public final class SafetensorsStateDict implements StateDictFormat {
    /** The format. */
    public SafetensorsStateDict() {}

    @Override
    public String fileName() {
        return ModelFiles.SAFETENSORS;
    }

    @Override
    public List<String> extensions() {
        return List.of(".safetensors");
    }

    @Override
    public boolean isDivisible() {
        return true;
    }

    @Override
    public boolean keepsMetadata(String key) {
        return true;
    }

    /** {@inheritDoc} The reference implementation refuses files in which names have bytes in common. */
    @Override
    public boolean keepsTies() {
        return false;
    }

    @Override
    public List<WrittenFile> write(Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options)
            throws IOException {
        return writer(folder, stateDict, maxShardSize, options).write(stateDict.tensors());
    }

    @Override
    public List<String> names(Path folder, OutputStateDict stateDict, long maxShardSize) {
        return writer(folder, stateDict, maxShardSize, WriteOptions.DEFAULT).names(stateDict.tensors());
    }

    @Override
    public Optional<WrittenFile> writeIndex(
            Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options) throws IOException {
        return writer(folder, stateDict, maxShardSize, options).writeIndex(stateDict.tensors());
    }

    private static SafetensorsWriter writer(
            Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options) {
        return new SafetensorsWriter(folder, "model", maxShardSize, stateDict.metadata(), options);
    }
}
