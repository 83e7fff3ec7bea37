package io.graft.apply;

import io.graft.checkpoint.ModelFiles;
import io.graft.checkpoint.write.StagedOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The folder that a run writes into.
 *
 * @param path as the configuration gives it, absolute
 * @param overwrite whether Graft's own files in an existing folder are replaced; other files always stay
 */
record OutputFolder(Path path, boolean overwrite) {
    /** Why the folder cannot be written into, in words; empty if it can. */
    Optional<String> refusal() {
        if (Files.isDirectory(path)) {
            return overwrite ? Optional.empty() : Optional.of("the output folder `" + path + "` exists");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("the output `" + path + "` exists and is not a folder");
        }
        return Optional.empty();
    }

    /**
     * Starts to write. The old output stays as it is until {@link StagedOutput#publish}.
     *
     * @throws IOException if the place cannot be written to
     */
    StagedOutput stage() throws IOException {
        return StagedOutput.in(path, ModelFiles::isReplaced);
    }
}
