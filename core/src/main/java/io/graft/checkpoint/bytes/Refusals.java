package io.graft.checkpoint.bytes;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.TensorName;
import java.nio.file.Path;

/** Makes the exceptions of one file. Text from the file is quoted, so that a message stays one line. */
public record Refusals(Path path, Advice advice) {
    /** The file breaks the format's rules: it is damaged, or was not written as one of that format. */
    public CheckpointException malformed(String detail) {
        return new CheckpointException(Reason.MALFORMED, path, detail, advice.ifMalformed());
    }

    /** The file keeps the format's rules, but asks for something that a checkpoint has no business to ask for. */
    public CheckpointException refused(String detail) {
        return new CheckpointException(Reason.REFUSED, path, detail, advice.ifRefused());
    }

    /** The file is sound, but is of a kind, or holds a tensor, that is not read. */
    public CheckpointException unsupported(String detail, String help) {
        return new CheckpointException(Reason.UNSUPPORTED, path, detail, help);
    }

    /** The file is sound, but no model state was found in it. */
    public CheckpointException unrecognised(String detail, String help) {
        return new CheckpointException(Reason.UNRECOGNISED, path, detail, help);
    }

    /** Text from the file, in quotes, on one line. */
    public static String quote(String text) {
        return "'" + TensorName.printable(text) + "'";
    }
}
