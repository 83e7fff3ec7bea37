package io.graft.apply.output;

import io.graft.OutputFormat;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.pytorch.PytorchWriter;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One file as torch.save writes it, which torch.load reads with weights_only. */
@OutputFormat("pytorch")
public final class PytorchStateDict implements StateDictFormat {
    /** The format. */
    public PytorchStateDict() {}

    @Override
    public String fileName() {
        return ModelFiles.PYTORCH;
    }

    @Override
    public List<String> extensions() {
        return List.of(".pt", ".pth", ".bin", ".ckpt");
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
        return true;
    }

    @Override
    public List<WrittenFile> write(Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions options)
            throws IOException {
        return new PytorchWriter(folder.resolve(fileName()), options).write(stateDict.tensors());
    }
}
