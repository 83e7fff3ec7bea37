package io.graft.apply.features;

import io.graft.NamedTensor;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One output of a module for all rows, which comes batch by batch and waits in a file until its size is known. */
final class Column implements AutoCloseable {
    private final String module;
    private final NamedTensor first;
    private final Path file;
    private final FileChannel channel;
    private long rows;

    /**
     * @param module that it is an output of
     * @param first the first batch of it
     * @param folder that the file is in
     */
    Column(String module, NamedTensor first, Path folder) throws IOException {
        this.module = module;
        this.first = first;
        this.file = folder.resolve(".rows-" + first.name());
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /**
     * @throws FeatureException if these are other rows than the first ones
     */
    void add(NamedTensor batch, long size) throws IOException {
        Shape shape = batch.shape();
        if (shape.rank() == 0 || shape.dimension(0) != size) {
            throw refused("output " + batch.name() + " of `" + module + "` has the shape " + shape + " for " + size
                    + " rows of the inputs, and so no row for each");
        }
        if (batch.dtype() != first.dtype() || !shape.equals(Batches.withRows(first.shape(), size))) {
            throw refused("output " + batch.name() + " of `" + module + "` is " + first.dtype() + " " + first.shape()
                    + " in one batch and " + batch.dtype() + " " + shape + " in another");
        }
        batch.data().transferTo(channel);
        rows += size;
    }

    private static FeatureException refused(String detail) {
        return new FeatureException(
                ProblemCode.MALFORMED_VALUE, detail, "name a module whose outputs have the batch as their first axis");
    }

    /** All of it, to be written while this is open. */
    OutputTensor whole() {
        return new OutputTensor(first.name(), first.dtype(), Batches.withRows(first.shape(), rows), () -> {
            CheckpointFile spilled = CheckpointFile.of(file);
            return spilled.data(0, spilled.size());
        });
    }

    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }
}
