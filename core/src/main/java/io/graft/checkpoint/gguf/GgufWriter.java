package io.graft.checkpoint.gguf;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.write.OutputStateDict;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.ParallelWriter;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes tensors as one GGUF file of version 3, in their order and under their names, in memory that does not grow with them. The
 * same tensors and texts give the same bytes. The file is opened again and compared with what was asked for.
 */
public final class GgufWriter {
    /** What a reader of llama.cpp has room for, without the zero at the end. */
    private static final int LONGEST_NAME = 63;

    private static final int HIGHEST_RANK = 4;

    /** Keys of which the specification says that they are texts, and that hold for whatever the tensors are of. */
    private static final Pattern TEXTS = Pattern.compile(
            "general\\.(name|author|version|organization|basename|finetune|description|quantized_by|size_label|license"
                    + "|license\\.name|license\\.link|url|doi|uuid|repo_url|type)");

    private static final Set<String> OWN = Set.of("general.quantization_version", "general.alignment");

    private final Path file;
    private final String architecture;
    private final WriteOptions options;

    /**
     * @param file the file to write; it must not exist, its folder must
     * @param architecture what {@code general.architecture} says
     * @param options how; there is one file, whatever the part
     */
    public GgufWriter(Path file, String architecture, WriteOptions options) {
        this.file = file;
        this.architecture = architecture;
        this.options = options;
    }

    /**
     * Whether a file is written with what a key says: texts as they are, and what the writer says itself. Others are numbers and lists
     * in a GGUF file, whose types a text does not tell.
     */
    public static boolean keeps(String key) {
        return isText(key) || OWN.contains(key);
    }

    /**
     * Whether tensors are written with all that a file says beside its own: it is a GGUF file of tensors of the same names and shapes, or the first
     * part of one. Of pairs, those that tell of types are corrected, and those left out that tell of parts.
     */
    public static boolean goesOn(List<OutputTensor> tensors, Path origin) throws IOException {
        return GgufPairs.of(origin, tensors).isPresent();
    }

    static boolean isText(String key) {
        return TEXTS.matcher(key).matches();
    }

    /** The types of blocks that are written as they are. */
    public static Set<String> blockTypes() {
        return GgufType.ofBlocks();
    }

    /**
     * Writes the state dict.
     *
     * @throws CheckpointException if a tensor's name, dtype or shape cannot be written, or there is no tensor
     * @throws IOException if the disk is too small, or writing or reading fails
     */
    public List<WrittenFile> write(OutputStateDict stateDict) throws IOException {
        requireWritable(stateDict);
        Path target = file.toAbsolutePath();
        String name = target.getFileName().toString();
        Optional<Path> origin = stateDict.origin();
        Optional<GgufPairs> pairs =
                origin.isEmpty() ? Optional.empty() : GgufPairs.of(origin.get(), stateDict.tensors());
        GgufOutput output = new GgufOutput(
                name,
                stateDict.tensors(),
                pairs.orElseGet(() -> GgufPairs.of(stateDict.tensors(), architecture, stateDict.metadata())));
        return new ParallelWriter(target.getParent(), options).write(List.of(output.planned()));
    }

    /**
     * Looks whether a state dict can be written.
     *
     * @throws CheckpointException if a tensor's name, dtype or shape cannot be written, or there is no tensor
     */
    public void requireWritable(OutputStateDict stateDict) {
        if (stateDict.tensors().isEmpty()) {
            throw refusal("there is no tensor to write", "leave one at least");
        }
        Set<String> names = new HashSet<>();
        for (OutputTensor tensor : stateDict.tensors()) {
            requireName(tensor.name(), names);
            requireForm(tensor);
        }
    }

    private void requireName(String name, Set<String> names) {
        String flaw = TensorName.flaw(name);
        if (flaw == null && !names.add(name)) {
            flaw = "is given twice";
        }
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (flaw == null && length > LONGEST_NAME) {
            flaw = "has " + length + " bytes, and readers of GGUF files take at most " + LONGEST_NAME;
        }
        if (flaw != null) {
            throw refusal("the tensor name '" + TensorName.printable(name) + "' " + flaw, "rename the tensor");
        }
    }

    private void requireForm(OutputTensor tensor) {
        String named = "tensor '" + TensorName.printable(tensor.name()) + "' ";
        if (tensor.shape().rank() > HIGHEST_RANK) {
            throw refusal(
                    named + "has " + tensor.shape().rank() + " dimensions, and GGUF files hold at most " + HIGHEST_RANK,
                    "leave the tensor out");
        }
        if (GgufType.find(tensor).isEmpty()) {
            throw refusal(
                    named + "has dtype "
                            + tensor.blockType().orElse(tensor.dtype().name()) + ", which GGUF files cannot hold",
                    "convert or remove the tensor");
        }
    }

    private CheckpointException refusal(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, file, detail, help);
    }
}
