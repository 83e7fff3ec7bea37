package io.graft.apply.output;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A format whose one file a test writes. */
record OneFile(Content content) implements StateDictFormat {
    interface Content {
        WrittenFile write(Path file) throws IOException;
    }

    @Override
    public String fileName() {
        return ModelFiles.SAFETENSORS;
    }

    @Override
    public List<String> extensions() {
        return List.of(".one");
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
    public List<WrittenFile> write(Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options)
            throws IOException {
        return List.of(content.write(folder.resolve(fileName())));
    }
}
