package io.graft.djl.program;

import ai.djl.nn.Block;
import io.graft.checkpoint.Checkpoint;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The program of an open model with all of its tensors as they are, buffers too, which DJL does not show: written to a temporary
 * archive when it is asked for.
 */
final class ModuleCopy implements AutoCloseable {
    private final Block block;
    private Optional<Path> file = Optional.empty();
    private Optional<Checkpoint> checkpoint = Optional.empty();

    ModuleCopy(Block block) {
        this.block = block;
    }

    /**
     * The archive, which is there until this is closed.
     *
     * @throws IOException if it cannot be written
     */
    synchronized Checkpoint checkpoint() throws IOException {
        if (checkpoint.isEmpty()) {
            Path written = Files.createTempFile("graft-", ".pt");
            file = Optional.of(written);
            try (DataOutputStream out = new DataOutputStream(new WithoutHead(Files.newOutputStream(written)))) {
                block.saveParameters(out);
            }
            checkpoint = Optional.of(Checkpoint.open(written));
        }
        return checkpoint.get();
    }

    @Override
    public synchronized void close() {
        try {
            if (file.isPresent()) {
                Files.deleteIfExists(file.get());
            }
        } catch (IOException kept) {
            // It lies among the system's temporary files.
        }
        file = Optional.empty();
        checkpoint = Optional.empty();
    }

    /** DJL puts a version and the archive's length before an archive. */
    private static final class WithoutHead extends FilterOutputStream {
        private int left = Byte.BYTES + Long.BYTES;

        WithoutHead(OutputStream out) {
            super(new BufferedOutputStream(out, 1 << 16));
        }

        @Override
        public void write(int each) throws IOException {
            if (left > 0) {
                left--;
            } else {
                out.write(each);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int skipped = Math.min(left, length);
            left -= skipped;
            out.write(bytes, offset + skipped, length - skipped);
        }
    }
}
