package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import java.nio.file.Path;

/** Makes the exceptions of one file. Text from the file is quoted, so that a message stays one line. */
record Faults(Path path) {
    private static final String DAMAGED = "it seems to be a PyTorch file: copy or download it again";
    private static final String HOSTILE = "do not use this file unless you know who wrote it";

    /** The file is damaged or was not written by {@code torch.save}. */
    CheckpointException malformed(String detail) {
        return new CheckpointException(Reason.MALFORMED, path, detail, DAMAGED);
    }

    /** The file is well formed, but asks for something that a checkpoint has no business to ask for. */
    CheckpointException refused(String detail) {
        return new CheckpointException(Reason.REFUSED, path, detail, HOSTILE);
    }

    /** The file is of a kind, or holds a tensor, that this reader does not read. */
    CheckpointException unsupported(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, path, detail, help);
    }

    /** The file is readable, but no model state was found in it. */
    CheckpointException unrecognised(String detail, String help) {
        return new CheckpointException(Reason.UNRECOGNISED, path, detail, help);
    }

    /** Text from the file, in quotes, on one line. */
    static String quote(String text) {
        return "'" + TensorName.printable(text) + "'";
    }
}
