package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.checkpoint.write.WrittenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A file on its way to the disk, written by several threads; hashed and forced to the disk meanwhile. */
final class FileInProgress implements AutoCloseable {
    /** Blocks that may wait for the digest, so that neither waits for the other at each block. */
    private static final int AHEAD = 32;

    private final Path path;
    private final long size;
    private final int threads;
    private final FileChannel channel;
    private final BlockBuffers buffers;
    private final Optional<FollowingDigest> digest;
    private final Optional<EarlySync> sync;

    private FileInProgress(Path path, long size, int threads, FileChannel channel, WriteOptions options) {
        this.path = path;
        this.size = size;
        this.threads = threads;
        this.channel = channel;
        // Each thread has one in its hands, and who writes a tensor in order has two.
        this.buffers =
                options.digest() ? new BlockBuffers(threads + 1 + AHEAD, AHEAD / 2) : new BlockBuffers(threads + 1, 1);
        this.digest = options.digest() ? Optional.of(FollowingDigest.start(buffers, size)) : Optional.empty();
        this.sync = options.sync() ? Optional.of(EarlySync.start(channel)) : Optional.empty();
    }

    /**
     * Creates a file.
     *
     * @param threads how many write to it
     */
    static FileInProgress create(Path path, long size, int threads, WriteOptions options) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new FileInProgress(path, size, threads, channel, options);
    }

    /** Writes a whole file of tensors, and opens it again. */
    WrittenFile write(OutputFile file, Workers workers, Object turn) throws IOException {
        try (SourceFiles sources = new SourceFiles()) {
            long start = writeInOrder(0, target -> file.writeHeader(Channels.newOutputStream(target)));
            DataBlocks blocks = new DataBlocks(
                    file.tensors(), start, sources, turn, (data, at) -> writeInOrder(at, data::transferTo));
            workers.run(threads, () -> write(blocks, workers));
            sources.requireUnchanged();
        }
        requireAsPlanned(file);
        return finish();
    }

    /** Writes bytes that are the file. */
    WrittenFile write(byte[] bytes) throws IOException {
        writeInOrder(0, target -> target.write(ByteBuffer.wrap(bytes)));
        return finish();
    }

    BlockBuffers buffers() {
        return buffers;
    }

    /** Writes a block, which is not the caller's any more. */
    void put(ByteBuffer block, long at) throws IOException {
        int length = block.remaining();
        while (block.hasRemaining()) {
            channel.write(block, at + block.position());
        }
        block.flip();
        sync.ifPresent(early -> early.wrote(length));
        digest.ifPresentOrElse(follower -> follower.add(at, block), () -> buffers.release(block));
    }

    private interface Content {
        void writeTo(WritableByteChannel target) throws IOException;
    }

    private long writeInOrder(long at, Content content) throws IOException {
        BlockChannel target = new BlockChannel(this, at);
        content.writeTo(target);
        return target.finish();
    }

    private void write(DataBlocks blocks, Workers workers) throws IOException {
        try {
            while (!workers.isStopped()) {
                // Before the block: one that waited for memory would keep the digest from giving any back.
                ByteBuffer buffer = buffers.take();
                Optional<Block> block = blocks.next();
                if (block.isEmpty()) {
                    buffers.release(buffer);
                    return;
                }
                block.get().fill(buffer);
                put(buffer, block.get().at());
            }
        } catch (Throwable failure) {
            // First, for the others fail in consequence.
            workers.stop(failure);
            buffers.fail(failure);
            throw failure;
        }
    }

    private void requireAsPlanned(OutputFile file) throws IOException {
        SafetensorsHeader found = SafetensorsHeader.read(CheckpointFile.of(path));
        if (!found.equals(file.header())) {
            throw new IOException(path + ": the file just written reads back with other tensors than were written");
        }
    }

    private WrittenFile finish() throws IOException {
        if (sync.isPresent()) {
            sync.get().finish();
        }
        return new WrittenFile(path, size, digest.isPresent() ? digest.get().await() : "");
    }

    @Override
    public void close() throws IOException {
        digest.ifPresent(FollowingDigest::close);
        sync.ifPresent(EarlySync::close);
        channel.close();
    }
}
