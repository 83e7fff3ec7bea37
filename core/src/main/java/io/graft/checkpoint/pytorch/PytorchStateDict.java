package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code pytorch_model.bin}, as {@code torch.save} writes a state dict. */
public final class PytorchStateDict implements StateDictFormat {
    /** The format. */
    public PytorchStateDict() {}

    @Override
    public String id() {
        return "pytorch";
    }

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
    public boolean hasMetadata() {
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
