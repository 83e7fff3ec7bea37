package io.graft.apply.output;

import io.graft.checkpoint.publish.Destination;
import io.graft.checkpoint.publish.InputFiles;
import io.graft.problem.Printable;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder that a run writes into.
 *
 * @param path as the configuration gives it, absolute
 * @param overwrite whether what Graft wrote in an existing folder is replaced; other files always stay
 */
public record OutputFolder(Path path, boolean overwrite) {
    /** Why the folder cannot be written into, in words; empty if it can. */
    public Optional<String> refusal() {
        if (Files.isDirectory(path)) {
            return overwrite ? Optional.empty() : Optional.of("the output folder `" + Printable.of(path) + "` exists");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("the output `" + Printable.of(path) + "` exists and is not a folder");
        }
        return Optional.empty();
    }

    /**
     * @param inputs what the run reads
     */
    public Destination destination(InputFiles inputs) {
        return new Destination.ModelFolder(path, overwrite, inputs);
    }
}
