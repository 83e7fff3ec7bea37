package io.graft.source.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;

/** Closes by breaking the connection off: to read the rest of a checkpoint, only to keep the connection, takes too long. */
final class AbortedStream extends FilterInputStream {
    private final ResponseInputStream<?> stream;

    AbortedStream(ResponseInputStream<?> stream) {
        super(stream);
        this.stream = stream;
    }

    @Override
    public void close() throws IOException {
        stream.abort();
    }
}
