package io.graft.checkpoint.write;

import io.graft.checkpoint.Sha256;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A file on its way to the disk, written by several threads; hashed and forced to the disk meanwhile. */
final class FileInProgress implements AutoCloseable {
    /** Blocks that may wait for the digest, so that neither waits for the other at each block. */
    private static final int AHEAD = 32;

    /** For more the system looks for longer runs of free memory, which may take it several times as long as copying. */
    private static final int WRITTEN_AT_ONCE = 1 << 17;

    private final Path path;
    private final PlannedFile planned;
    private final long size;
    private final int threads;
    private final FileChannel channel;
    private final BlockBuffers buffers;
    private final boolean isHashed;
    private final Optional<FollowingDigest> digest;
    private final Optional<EarlySync> sync;

    /** The system lets one thread write to a file at a time, and has the others run in circles until it is their turn. */
    private final Lock writing = new ReentrantLock();

    private FileInProgress(Path path, PlannedFile planned, int threads, FileChannel channel, WriteOptions options) {
        this.path = path;
        this.planned = planned;
        this.size = planned.size();
        this.threads = threads;
        this.channel = channel;
        this.isHashed = options.digest();
        // A file is shorter than what its codes are computed of: it is read again rather than that.
        boolean isFollowed = isHashed && !PlacedPiece.repeatsPasses(planned.pieces());
        // Each thread has one in its hands, and who writes a tensor in order has two.
        this.buffers = isFollowed ? new BlockBuffers(threads + 1 + AHEAD, AHEAD / 2) : new BlockBuffers(threads + 1, 1);
        this.digest = isFollowed ? Optional.of(FollowingDigest.start(buffers, size)) : Optional.empty();
        this.sync = options.sync() ? Optional.of(EarlySync.start(channel)) : Optional.empty();
    }

    /**
     * Creates a file in a folder.
     *
     * @param threads how many write to it
     */
    static FileInProgress create(Path folder, PlannedFile planned, int threads, WriteOptions options)
            throws IOException {
        Path path = folder.resolve(planned.name());
        FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new FileInProgress(path, planned, threads, channel, options);
    }

    /** Writes all of it, and looks at it once more. */
    WrittenFile write(Workers workers, Object turn) throws IOException {
        try (SourceFiles sources = new SourceFiles()) {
            DataBlocks blocks = new DataBlocks(
                    isUnseen() ? PlacedPiece.byPasses(planned.pieces()) : PlacedPiece.inOrder(planned.pieces()),
                    sources,
                    turn,
                    this::writeInOrder,
                    isUnseen() ? Block.LONGEST : Block.LARGEST);
            workers.run(threads, () -> write(blocks, workers));
            sources.requireUnchanged();
        }
        planned.check().check(path);
        if (sync.isPresent()) {
            sync.get().finish();
        }
        return new WrittenFile(path, size, isHashed ? sha256() : "");
    }

    private String sha256() throws IOException {
        return digest.isPresent() ? digest.get().await() : Sha256.of(path).hex();
    }

    BlockBuffers buffers() {
        return buffers;
    }

    /** Writes a block, which is not the caller's any more. */
    void put(ByteBuffer block, long at) throws IOException {
        int length = block.remaining();
        writing.lock();
        try {
            for (int from = 0; from < length; ) {
                from += channel.write(block.slice(from, Math.min(WRITTEN_AT_ONCE, length - from)), at + from);
            }
        } finally {
            writing.unlock();
        }
        sync.ifPresent(early -> early.wrote(length));
        digest.ifPresentOrElse(follower -> follower.add(at, block), () -> buffers.release(block));
    }

    /** Whether nobody looks at the file's bytes in order: they can come in any, and from where they lie. */
    private boolean isUnseen() {
        return digest.isEmpty();
    }

    private void send(Block.Held held, long at) throws IOException {
        writing.lock();
        try {
            held.send(channel, at);
        } finally {
            writing.unlock();
        }
        sync.ifPresent(early -> early.wrote(held.length()));
    }

    private long writeInOrder(TensorData data, Optional<PieceChecksum> checksum, long at) throws IOException {
        BlockChannel target = new BlockChannel(this, checksum, at);
        data.transferTo(target);
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
                Optional<Block.Held> held = isUnseen() ? block.get().held() : Optional.empty();
                if (held.isPresent()) {
                    buffers.release(buffer);
                    send(held.get(), block.get().at());
                } else {
                    block.get().fill(buffer);
                    put(buffer, block.get().at());
                }
            }
        } catch (Throwable failure) {
            // First, for the others fail in consequence.
            workers.stop(failure);
            buffers.fail(failure);
            planned.pieces().forEach(piece -> piece.checksum().ifPresent(checksum -> checksum.fail(failure)));
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        digest.ifPresent(FollowingDigest::close);
        sync.ifPresent(EarlySync::close);
        channel.close();
    }
}
