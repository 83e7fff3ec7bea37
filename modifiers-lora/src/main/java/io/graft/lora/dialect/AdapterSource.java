package io.graft.lora.dialect;

import io.graft.ModifierContext;
import io.graft.SourceCheckpoint;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.source.CheckpointFetcher;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** An adapter's file of tensors, opened by its headers, and what lies beside it. */
public final class AdapterSource {
    private final SourceCheckpoint source;
    private final String location;
    private final Function<String, AdapterSettings> beside;
    private final Optional<BaseModel> base;
    private final Optional<String> section;
    private final AdapterProblems problems;

    private AdapterSource(
            SourceCheckpoint source,
            String location,
            Function<String, AdapterSettings> beside,
            Optional<BaseModel> base,
            Optional<String> section,
            AdapterProblems problems) {
        this.source = source;
        this.location = location;
        this.beside = beside;
        this.base = base;
        this.section = section;
        this.problems = problems;
    }

    /**
     * A file of this machine.
     *
     * @param base the model that the adapter is for, if somebody told
     * @param section the only model of a pipeline that is wanted
     */
    public static AdapterSource of(
            Path file, Optional<BaseModel> base, Optional<String> section, AdapterProblems problems) {
        Path folder = file.toAbsolutePath().getParent();
        return new AdapterSource(
                new SourceCheckpoint(String.valueOf(file.getFileName()), Checkpoint.open(file)),
                file.toString(),
                name -> AdapterSettings.read(sibling(file, folder, name)),
                base,
                section,
                problems);
    }

    private static Path sibling(Path file, Path folder, String name) {
        return file.getParent() == null ? folder.resolve(name) : file.resolveSibling(name);
    }

    /**
     * A file that a modifier reads, wherever it lies.
     *
     * @param ref the file of tensors; its section is the only model of a pipeline that is wanted
     */
    public static AdapterSource of(
            CheckpointRef ref, ModifierContext context, BaseModel base, AdapterProblems problems) {
        SourceCheckpoint source = context.open(ref.using(Optional.empty()));
        return new AdapterSource(
                source,
                ref.isFile() ? source.checkpoint().path().toString() : ref.shown(),
                name -> {
                    AdapterSettings read = context.readBeside(ref, name, AdapterSettings::read);
                    return ref.isFile()
                            ? read
                            : read.at(
                                    CheckpointFetcher.create().beside(ref, name).shown());
                },
                Optional.of(base),
                ref.section(),
                problems);
    }

    /** The file or its URI, for messages. */
    public String location() {
        return location;
    }

    /** The name that reports give the file. */
    public String uri() {
        return source.uri();
    }

    /** The texts that stand in the file beside the tensors. */
    public Map<String, String> metadata() {
        return source.checkpoint().metadata();
    }

    /** The file's tensors by their keys, in order. */
    public Map<String, TensorEntry> tensors() {
        return source.checkpoint().tensors();
    }

    /** A tensor of the file, lazy. */
    public AdapterTensor tensor(String key, String module, String slot) {
        return new AdapterTensor(key, module, slot, source.tensor(tensors().get(key)));
    }

    /**
     * The JSON object of a file that lies beside it.
     *
     * @param name a plain file name
     * @return empty if there is none
     * @throws CheckpointException if it is there and cannot be read
     */
    public Optional<AdapterSettings> beside(String name) {
        try {
            return Optional.of(beside.apply(name));
        } catch (CheckpointException refused) {
            if (refused.reason() == Reason.NOT_FOUND) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** The only model of a pipeline that is wanted; all if empty. */
    public Optional<String> section() {
        return section;
    }

    /** The model that the adapter is for, as far as it is known. */
    public Optional<BaseModel> base() {
        return base;
    }

    /** Tells what is wrong, each cause once. */
    public void error(ProblemCode code, String message, String help) {
        problems.error(code, message, help);
    }

    /** An exception that tells where the file is. */
    public CheckpointException refusal(Reason reason, String what, String help) {
        return new CheckpointException(reason, location, what, help, null);
    }
}
