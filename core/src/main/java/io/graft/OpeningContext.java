package io.graft;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.problem.ProblemCode;
import java.nio.file.Path;

/** What a {@link ModelOpener} may ask for, and where it tells what is wrong. */
public interface OpeningContext {
    /** The folder that relative names in the configuration come from. */
    Path folder();

    /** Finds the classes that a configuration names, in extensions too. */
    ClassLoader loader();

    /**
     * Opens a checkpoint by its headers, after it was fetched if it lies elsewhere. The run knows it then as one of its inputs,
     * and opens it once, however many modifiers read from it.
     *
     * @throws io.graft.checkpoint.CheckpointException if it cannot be used; let it pass, the run reports it
     */
    SourceCheckpoint open(CheckpointRef ref);

    /**
     * Reports something a person should know of the model; the run goes on.
     *
     * @param key the option that it is about, as {@code buffers[1]}; empty for the model as a whole
     * @param help what to do; may be empty
     */
    void warn(ProblemCode code, String key, String message, String help);

    /**
     * Reports why the model cannot be opened. One may go on to find more.
     *
     * @param key the option at fault, as {@code buffers[1]}; empty for the model as a whole
     * @param message what is wrong, with the offending text
     * @param help what is allowed or what to do; may be empty
     */
    void error(ProblemCode code, String key, String message, String help);
}
