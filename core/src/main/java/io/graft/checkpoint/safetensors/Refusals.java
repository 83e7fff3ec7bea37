package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import java.nio.file.Path;

/** The errors of one file. */
record Refusals(Path path) {
    private static final String AGAIN =
            "it seems to be a safetensors file: get it again from its source or save it again";

    /** The file breaks the format's rules. */
    CheckpointException malformed(String detail) {
        return new CheckpointException(Reason.MALFORMED, path, detail, AGAIN);
    }

    /** The file keeps the format's rules but exceeds what Graft takes from a file. */
    CheckpointException refused(String detail) {
        return new CheckpointException(Reason.REFUSED, path, detail, AGAIN);
    }

    /** The file is sound, but holds what Graft cannot use. */
    CheckpointException unsupported(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, path, detail, help);
    }
}
