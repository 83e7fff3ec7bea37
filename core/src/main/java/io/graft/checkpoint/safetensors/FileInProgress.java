package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.OutputTensor;
import io.graft.checkpoint.WriteOptions;
import io.graft.checkpoint.WrittenFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A file on its way to the disk. Its digest may still be taken while the next file is written. */
final class FileInProgress implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;
    private final Optional<FollowingDigest> digest;
    private final boolean sync;
    private final long size;

    private FileInProgress(Path path, FileChannel channel, long size, WriteOptions options) {
        this.path = path;
        this.channel = channel;
        this.size = size;
        this.sync = options.sync();
        this.digest = options.digest() ? Optional.of(FollowingDigest.start(channel, size)) : Optional.empty();
    }

    /** Creates a file. */
    static FileInProgress create(Path path, long size, WriteOptions options) throws IOException {
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new FileInProgress(path, channel, size, options);
    }

    /** Writes a whole file of tensors. */
    void write(OutputFile file, Workers workers) throws IOException {
        ByteArrayOutputStream header =
                new ByteArrayOutputStream(Math.toIntExact(file.header().dataStart()));
        file.writeHeader(header);
        write(header.toByteArray());
        Pieces pieces = new Pieces(workers, digest);
        try (SourceFiles sources = new SourceFiles()) {
            DataWriter data = new DataWriter(path, channel, header.size(), sources, pieces);
            for (OutputTensor tensor : file.tensors()) {
                data.add(tensor);
            }
            data.finish();
            pieces.await();
            sources.requireUnchanged();
        }
        requireAsPlanned(file);
    }

    /** Writes bytes at the start of the file. */
    void write(byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest, rest.position());
        }
        digest.ifPresent(follower -> follower.follow(CompletableFuture.completedFuture(null), bytes.length));
    }

    /** Waits until all of it is on the disk and hashed. */
    WrittenFile finish() throws IOException {
        if (sync) {
            channel.force(true);
        }
        return new WrittenFile(path, size, digest.isPresent() ? digest.get().await() : "");
    }

    private void requireAsPlanned(OutputFile file) throws IOException {
        SafetensorsHeader found = SafetensorsHeader.read(CheckpointFile.of(path));
        if (!found.equals(file.header())) {
            throw new IOException(path + ": the file just written reads back with other tensors than were written");
        }
    }

    @Override
    public void close() throws IOException {
        digest.ifPresent(FollowingDigest::close);
        channel.close();
    }
}
