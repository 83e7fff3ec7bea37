package io.graft.checkpoint;

import io.graft.checkpoint.CheckpointException.Reason;
import io.graft.checkpoint.layout.Layouts;
import io.graft.checkpoint.layout.ModelConfiguration;
import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.StoredTensors;
import io.graft.extension.ExtensionLoader;
import io.graft.extension.Thrown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds the format of a path and opens it. */
final class CheckpointOpener {
    private static final int HEAD = 512;

    private CheckpointOpener() {}

    static Checkpoint open(
            CheckpointLocation location, ModelConfiguration configuration, ClassLoader loader, Optional<String> name) {
        CheckpointFormats formats = CheckpointFormats.discover(loader);
        Checkpoint opened = location.numbered()
                .map(shards -> shards.open(file -> open(file, formats)))
                .orElseGet(() -> open(location.file(), formats));
        Checkpoint chosen = name.map(opened::using).orElse(opened);
        return chosen.beside(
                configuration, location.warnings(), section -> grouped(section, chosen, configuration, loader));
    }

    private static Section grouped(
            Section section, Checkpoint opened, ModelConfiguration configuration, ClassLoader loader) {
        return section.grouped(
                stored -> Layouts.group(
                        new StoredTensors(
                                stored.values().stream()
                                        .map(entry ->
                                                new Part(entry.name(), entry.dtype(), entry.shape(), entry.data()))
                                        .toList(),
                                configuration,
                                opened.metadata()),
                        loader),
                opened.path());
    }

    static Checkpoint open(Path file, CheckpointFormats formats) {
        return reading(file, () -> {
            CheckpointFormat format = recognized(file, formats);
            return ExtensionLoader.around(format.getClass(), () -> format.open(file));
        });
    }

    /**
     * The format of a file.
     *
     * @throws CheckpointException if the file cannot be read or no format takes it
     */
    static CheckpointFormat format(Path file, CheckpointFormats formats) {
        return reading(file, () -> recognized(file, formats));
    }

    /** What a file names beside itself. One of no known format names nothing here; whoever opens it is told what it is. */
    static SortedSet<String> filesBeside(Path file, CheckpointFormats formats) {
        return reading(file, () -> {
            CheckpointFormat format = formats.recognizing(file, head(file));
            return format == null
                    ? new TreeSet<>()
                    : new TreeSet<>(ExtensionLoader.around(format.getClass(), () -> format.filesBeside(file)));
        });
    }

    private static CheckpointFormat recognized(Path file, CheckpointFormats formats) throws IOException {
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
    }

    @FunctionalInterface
    private interface Reading<T> {
        T run() throws IOException;
    }

    private static <T> T reading(Path file, Reading<T> reading) {
        try {
            return reading.run();
        } catch (AccessDeniedException denied) {
            // of an index, it may be a shard
            Path closed = denied.getFile() == null ? file : Path.of(denied.getFile());
            throw new CheckpointException(
                    Reason.UNREADABLE, closed, "the file may not be read", "check its permissions", denied);
        } catch (IOException failed) {
            throw new CheckpointException(
                    Reason.UNREADABLE, file, "the file cannot be read (" + Thrown.reason(failed) + ")", "", failed);
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
