package io.graft.checkpoint.write;

import io.graft.checkpoint.CheckpointFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.HashMap;
import java.util.Map;

/** The files that untouched tensors are copied from, each opened once. */
final class SourceFiles implements AutoCloseable {
    private final Map<CheckpointFile, FileChannel> open = new HashMap<>();

    FileChannel open(CheckpointFile file) throws IOException {
        FileChannel channel = open.get(file);
        if (channel == null) {
            channel = file.open();
            open.put(file, channel);
        }
        return channel;
    }

    /** What was copied are the tensors only if nobody wrote to the files meanwhile. */
    void requireUnchanged() throws IOException {
        for (CheckpointFile file : open.keySet()) {
            file.requireUnchanged();
        }
    }

    @Override
    public void close() throws IOException {
        for (FileChannel channel : open.values()) {
            channel.close();
        }
    }
}
