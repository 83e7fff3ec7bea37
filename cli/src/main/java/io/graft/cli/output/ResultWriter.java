package io.graft.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Prints in UTF-8 and keeps the first failure, which a writer that prints drops. */
public final class ResultWriter extends PrintWriter {
    private final Kept kept;

    public ResultWriter(OutputStream stream) {
        this(new Kept(stream));
    }

    private ResultWriter(Kept kept) {
        super(new OutputStreamWriter(kept, StandardCharsets.UTF_8), false);
        this.kept = kept;
    }

    /** Why not all of it could be printed; empty if it could, or if who reads it has read enough. */
    Optional<IOException> failure() {
        flush();
        return kept.failure.filter(
                failed -> !String.valueOf(failed.getMessage()).contains("roken pipe"));
    }

    /** A stream and the first thing that went wrong with it. */
    private static final class Kept extends OutputStream {
        private final OutputStream stream;
        private Optional<IOException> failure = Optional.empty();

        Kept(OutputStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            if (failure.isEmpty()) {
                attempt(() -> stream.write(bytes, offset, length));
            }
        }

        @Override
        public void flush() {
            attempt(stream::flush);
        }

        private void attempt(Printing printing) {
            try {
                printing.run();
            } catch (IOException failed) {
                failure = failure.or(() -> Optional.of(failed));
            }
        }
    }

    private interface Printing {
        void run() throws IOException;
    }
}
