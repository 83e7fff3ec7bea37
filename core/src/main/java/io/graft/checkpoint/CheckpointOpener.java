package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Finds the format of a path and opens it. */
final class CheckpointOpener {
    private static final int HEAD = 512;

    private CheckpointOpener() {}

    static Checkpoint open(Path path) {
        CheckpointLocation location = CheckpointLocation.of(path);
        return open(location.file(), CheckpointFormats.discover());
    }

    static Checkpoint open(Path file, CheckpointFormats formats) {
        return format(file, formats).open(file);
    }

    /**
     * The format of a file.
     *
     * @throws CheckpointException if the file cannot be read or no format takes it
     */
    static CheckpointFormat format(Path file, CheckpointFormats formats) {
        try {
            ByteBuffer head = head(file);
            if (!head.hasRemaining()) {
                throw new CheckpointException(
                        Reason.MALFORMED, file, "the file is empty (0 bytes)", "save or download it again");
            }
            CheckpointFormat format = formats.recognizing(file, head);
            if (format == null) {
                throw ForeignKind.of(file, head).refusal(file, head, formats);
            }
            return format;
        } catch (AccessDeniedException denied) {
            throw new CheckpointException(
                    Reason.UNREADABLE, file, "the file may not be read", "check its permissions", denied);
        } catch (IOException failed) {
            throw new CheckpointException(
                    Reason.UNREADABLE, file, "the file cannot be read (" + failed.getMessage() + ")", "", failed);
        }
    }

    private static ByteBuffer head(Path file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // a read may give less than was asked for
            }
        }
        return head.flip();
    }
}
