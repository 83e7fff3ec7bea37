package io.graft.apply.output;

import io.graft.OutputFormat;
import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.gguf.GgufWriter;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.StateDictFormat;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * One GGUF file with the tensors under their names, quantized ones in blocks. It is no model that llama.cpp runs: names, the order of
 * some rows, hyper-parameters and the tokenizer are another matter. Where the model is such a file, and its tensors keep names and
 * shapes, everything that it says is written again.
 */
@OutputFormat("gguf")
public final class GgufStateDict implements StateDictFormat {
    private final GgufStateDictOptions options;

    /** The format. */
    public GgufStateDict(GgufStateDictOptions options) {
        this.options = options;
    }

    @Override
    public String fileName() {
        return ModelFiles.GGUF;
    }

    @Override
    public List<String> extensions() {
        return List.of(".gguf");
    }

    @Override
    public boolean isDivisible() {
        return false;
    }

    @Override
    public boolean keepsMetadata(String key) {
        return GgufWriter.keeps(key);
    }

    /** {@inheritDoc} Not if the configuration says another architecture. */
    @Override
    public boolean goesOn(List<OutputTensor> tensors, Path origin) throws IOException {
        return options.architecture().equals(GgufStateDictOptions.TENSORS) && GgufWriter.goesOn(tensors, origin);
    }

    @Override
    public boolean keepsTies() {
        return false;
    }

    @Override
    public Set<String> blockTypes() {
        return GgufWriter.blockTypes();
    }

    @Override
    public List<String> names(Path folder, OutputStateDict stateDict, long maxShardSize) {
        writer(folder, WriteOptions.DEFAULT).requireWritable(stateDict);
        return List.of(fileName());
    }

    @Override
    public List<WrittenFile> write(Path folder, OutputStateDict stateDict, long maxShardSize, WriteOptions how)
            throws IOException {
        return writer(folder, how).write(stateDict);
    }

    private GgufWriter writer(Path folder, WriteOptions how) {
        return new GgufWriter(folder.resolve(fileName()), options.architecture(), how);
    }
}
