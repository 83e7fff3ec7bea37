package io.graft;

import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.source.CheckpointRef;
import io.graft.model.modules.BlockRecipe;
import io.graft.model.modules.ModuleSource;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** What a modifier may ask for and must tell while it edits a draft. */
public interface ModifierContext {
    /**
     * Opens a checkpoint by its headers, after it was fetched if it lies elsewhere.
     *
     * @throws io.graft.checkpoint.CheckpointException if it cannot be used; let it pass, the run reports it
     */
    SourceCheckpoint open(CheckpointRef ref);

    /**
     * Opens a checkpoint on this machine by its headers.
     *
     * @param path absolute, as the binder resolves it
     * @throws io.graft.checkpoint.CheckpointException if it cannot be used; let it pass, the run reports it
     */
    default SourceCheckpoint open(Path path) {
        return open(CheckpointRef.of(path));
    }

    /**
     * Reads a file that lies beside a checkpoint's file, such as a configuration, after it was fetched if it lies elsewhere. It has
     * to meet the conditions of the checkpoint, but for the digest, which is the checkpoint's own.
     *
     * @param ref the checkpoint, a file; it need not be opened
     * @param name a plain file name
     * @param reader reads the file from this machine; a {@link io.graft.checkpoint.CheckpointException} that it throws is told of
     *     the location that the file is from
     * @return what the reader made of it
     * @throws io.graft.checkpoint.CheckpointException if the file is not there or cannot be used; let it pass, the run reports it
     */
    <T> T readBeside(CheckpointRef ref, String name, Function<Path, T> reader);

    /** What the {@code config.json} of the model says that is modified; nothing where it has none. */
    default ModelConfiguration configuration() {
        return ModelConfiguration.NONE;
    }

    /**
     * Has a file written beside the model when the plan is committed, and published with the rest or not at all. Where the run
     * writes no files, it is not written, and that is reported. Its name may be that of no other file of the output.
     *
     * @throws IllegalArgumentException if the modifier has given one of that name before
     */
    void artifact(Artifact artifact);

    /**
     * Has an adapter written as files of its own, as {@link #artifact} has one file written. A model's file has no place for an
     * adapter, so that who puts one on a model says this; where the run writes no files, the adapter stays on the live model.
     *
     * @param adapter its name in the draft
     * @throws IllegalArgumentException if the modifier has given a file of one of the names before
     */
    void adapter(String adapter, List<Artifact> files);

    /**
     * Makes a module once, to learn its tensors, and gives it up again; {@link io.graft.model.ModelDraft#replaceModule} takes what
     * comes of it. This starts the engine.
     *
     * @throws RuntimeException if it cannot be made; let it pass, the run reports it at the options {@code block-factory},
     *     {@code arguments} or {@code input-shapes}
     */
    ModuleSource module(BlockRecipe recipe);

    /** Reports a checkpoint entry that is not loaded. */
    void skipped(String key, SkipReason reason, String detail);

    /** Reports a tensor of the model that the modifier should have filled and that keeps its value. */
    void missing(String name);

    /** Reports something a person should know; the run goes on. */
    void warn(String message);

    /**
     * Reports something a person should know under a code of its own, by which scripts find it, at the option that it follows from; the
     * run goes on.
     *
     * @param key the option, as for {@link #error}
     * @param message what is so, with the text or tensors at hand
     * @param help what to do; may be empty
     */
    void warn(ProblemCode code, String key, String message, String help);

    /**
     * Reports why the modifier cannot do what was asked. The modifier may go on to find more; nothing is committed.
     *
     * @param key the option at fault, as {@code submodules-to-freeze[1]}; empty for the modifier as a whole
     * @param message what is wrong, with the offending text
     * @param help what is allowed or what to do; may be empty
     */
    void error(ProblemCode code, String key, String message, String help);

    /** Whether an error was reported: nothing is committed, so that a modifier may leave the draft as it then is. */
    boolean failed();
}
