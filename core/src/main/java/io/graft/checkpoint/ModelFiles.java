package io.graft.checkpoint;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Names of the files that make up a model in a folder. */
public final class ModelFiles {
    /** The only file of a state dict in safetensors, named as transformers does. */
    public static final String SAFETENSORS = "model.safetensors";

    /** The only file of a PyTorch state dict, named as transformers does. */
    public static final String PYTORCH = "pytorch_model.bin";

    /** A TorchScript archive, by the name that DJL looks for. */
    public static final String TORCHSCRIPT = "model.pt";

    /** The only file of a state dict in GGUF. */
    public static final String GGUF = "model.gguf";

    /** The report beside an output, which tells how it was made and which files belong to it. */
    public static final String MANIFEST = "graft-manifest.json";

    /** Stands in a folder while files are published there. */
    public static final String PUBLISHING = ".graft-publishing";

    /** Says where the tensors of a distributed checkpoint of PyTorch lie. */
    public static final String DISTRIBUTED = ".metadata";

    private static final String INDEX_SUFFIX = ".index.json";

    /** The first part of a model that llama.cpp split. */
    private static final Pattern FIRST_PART = Pattern.compile(".*-00001-of-\\d{5}\\.gguf");

    /** What a folder is opened by, in the order of transformers, which has neither archives nor GGUF; the first that is there counts. */
    public static final List<String> ENTRIES =
            List.of(SAFETENSORS, SAFETENSORS + INDEX_SUFFIX, PYTORCH, PYTORCH + INDEX_SUFFIX, TORCHSCRIPT, GGUF);

    private ModelFiles() {}

    /** Whether a file says which others beside it hold tensors, as an index of shards does. */
    public static boolean isIndex(String name) {
        return name.endsWith(INDEX_SUFFIX)
                || name.equals(DISTRIBUTED)
                || FIRST_PART.matcher(name).matches();
    }

    /** The file that a folder is opened by; empty if it holds no model. */
    public static Optional<String> entry(Path folder) {
        return entry(name -> Files.exists(folder.resolve(name), LinkOption.NOFOLLOW_LINKS));
    }

    /** As {@link #entry(Path)}, of a folder that holds some files. */
    public static Optional<String> entry(Predicate<String> holds) {
        return ENTRIES.stream().filter(holds).findFirst();
    }
}
