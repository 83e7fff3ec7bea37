package io.graft.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;

/**
 * A file as it was when its header was read. Data are read later, so each access first checks that it is still that file.
 *
 * @param path canonical path
 * @param size bytes
 * @param modified time of last modification
 */
public record CheckpointFile(Path path, long size, FileTime modified) {
    /** Remembers a file as it is now. */
    public static CheckpointFile of(Path path) throws IOException {
        Path real = path.toRealPath();
        BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
        return new CheckpointFile(real, attributes.size(), attributes.lastModifiedTime());
    }

    /**
     * Opens the file for reading; the caller closes it.
     *
     * @throws CheckpointException if the file is gone or has changed since its header was read
     */
    public FileChannel open() throws IOException {
        requireUnchanged();
        return FileChannel.open(path, StandardOpenOption.READ);
    }

    /**
     * Checks that this is still the file whose header was read: same size, same time of modification.
     *
     * @throws CheckpointException if the file is gone or has changed
     */
    public void requireUnchanged() throws IOException {
        BasicFileAttributes now;
        try {
            now = Files.readAttributes(path, BasicFileAttributes.class);
        } catch (NoSuchFileException gone) {
            throw failure("is gone since its header was read");
        }
        if (now.size() != size || !now.lastModifiedTime().equals(modified)) {
            throw changed();
        }
    }

    /**
     * Fills the rest of a buffer with the bytes from a position on.
     *
     * @param opened what {@link #open} gave
     * @throws CheckpointException if the file has become shorter
     */
    public void read(FileChannel opened, long position, ByteBuffer target) throws IOException {
        long start = position - target.position();
        while (target.hasRemaining()) {
            if (opened.read(target, start + target.position()) < 0) {
                throw changed();
            }
        }
    }

    /**
     * Has the system send bytes of the file to where another one is at, without this process seeing them.
     *
     * @param opened what {@link #open} gave
     * @throws CheckpointException if the file has become shorter
     */
    public void send(FileChannel opened, long position, long count, FileChannel target) throws IOException {
        long done = 0;
        while (done < count) {
            long sent = opened.transferTo(position + done, count - done, target);
            if (sent <= 0) {
                throw changed();
            }
            done += sent;
        }
    }

    /** The bytes of a tensor that lies in this file. */
    public FileBacked data(long offset, long length) {
        return new FileTensorData(this, offset, length);
    }

    /** Asked for each block that is copied, and mostly of the very same. */
    @Override
    public boolean equals(Object other) {
        return this == other
                || (other instanceof CheckpointFile file
                        && path.equals(file.path)
                        && size == file.size
                        && modified.equals(file.modified));
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    CheckpointException changed() {
        return failure("has changed since its header was read");
    }

    private CheckpointException failure(String what) {
        return new CheckpointException(
                CheckpointException.Reason.UNREADABLE, path, what, "run again when nothing writes to it");
    }
}
