package io.graft.checkpoint.safetensors;

import io.graft.checkpoint.FileRegion;
import io.graft.checkpoint.OutputTensor;
import io.graft.checkpoint.TensorData;
import io.graft.checkpoint.TensorName;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Puts the data of one file's tensors at their places, in pieces that threads share: untouched tensors from file to file,
 * neighbours in one go; computed ones block by block. What must be looked at in order is written by the caller's thread.
 */
final class DataWriter {
    /** Bytes computed or copied at a time. A multiple of every element's width. */
    private static final int BLOCK = 1 << 20;

    /** Bytes copied by one piece of work. */
    private static final long LONGEST_COPY = 1L << 25;

    private static final ThreadLocal<ByteBuffer> BLOCKS =
            ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BLOCK).order(ByteOrder.LITTLE_ENDIAN));

    private final Path path;
    private final FileChannel channel;
    private final SourceFiles sources;
    private final Pieces pieces;
    private FileRegion run;
    private long at;

    /**
     * @param at where the data begin
     */
    DataWriter(Path path, FileChannel channel, long at, SourceFiles sources, Pieces pieces) {
        this.path = path;
        this.channel = channel;
        this.at = at;
        this.sources = sources;
        this.pieces = pieces;
    }

    /** Takes a tensor, which comes after those before it. */
    void add(OutputTensor tensor) throws IOException {
        TensorData data = tensor.data().materialize();
        long expected = tensor.dtype().byteCount(tensor.shape());
        requireBytes(tensor, expected, data.byteCount());
        Optional<FileRegion> region = data.region();
        if (region.isPresent()) {
            copy(region.get());
            return;
        }
        finish();
        if (data.isDivisible()) {
            divide(data);
        } else {
            requireBytes(tensor, expected, transfer(data));
        }
        at += expected;
    }

    /** Hands out what was kept back to be joined with more. */
    void finish() throws IOException {
        if (run == null) {
            return;
        }
        FileChannel source = sources.open(run.file());
        long start = at - run.bytes();
        for (long done = 0; done < run.bytes(); done += LONGEST_COPY) {
            long from = run.offset() + done;
            long to = start + done;
            long length = Math.min(LONGEST_COPY, run.bytes() - done);
            pieces.submit(() -> copy(source, from, length, to), to + length);
        }
        run = null;
    }

    private void copy(FileRegion region) throws IOException {
        if (run != null && run.isFollowedBy(region)) {
            run = run.with(region);
        } else {
            finish();
            run = region;
        }
        at += region.bytes();
    }

    /** Through a block outside the heap: data that move by less than a page cost the kernel almost twice as much with transferTo. */
    private void copy(FileChannel source, long from, long length, long to) throws IOException {
        ByteBuffer block = BLOCKS.get();
        for (long done = 0; done < length; ) {
            block.clear().limit((int) Math.min(BLOCK, length - done));
            int read = source.read(block, from + done);
            if (read <= 0) {
                throw new EOFException("a checkpoint became shorter while it was copied");
            }
            writeAll(block.flip(), to + done);
            done += read;
        }
    }

    private void divide(TensorData data) {
        long start = at;
        for (long done = 0; done < data.byteCount(); done += BLOCK) {
            long from = done;
            int length = (int) Math.min(BLOCK, data.byteCount() - done);
            pieces.submit(() -> write(data, from, length, start + from), start + from + length);
        }
    }

    private void write(TensorData data, long from, int length, long to) throws IOException {
        ByteBuffer block = BLOCKS.get().clear().limit(length);
        data.read(from, block);
        writeAll(block.flip(), to);
    }

    private void writeAll(ByteBuffer block, long to) throws IOException {
        while (block.hasRemaining()) {
            channel.write(block, to + block.position());
        }
    }

    private long transfer(TensorData data) throws IOException {
        try (FileChannel target =
                FileChannel.open(path, StandardOpenOption.WRITE).position(at)) {
            data.transferTo(target);
            long end = target.position();
            pieces.submit(() -> {}, end);
            return end - at;
        }
    }

    private static void requireBytes(OutputTensor tensor, long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException("tensor '" + TensorName.printable(tensor.name()) + "' came with " + actual
                    + " bytes, but " + tensor.dtype() + " " + tensor.shape() + " takes " + expected);
        }
    }
}
