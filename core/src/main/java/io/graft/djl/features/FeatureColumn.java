package io.graft.djl.features;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.graft.checkpoint.FileRegion;
import io.graft.checkpoint.TensorEntry;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.Shapes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A tensor of a file, row by row. */
final class FeatureColumn {
    private final TensorEntry entry;
    private final DataType type;
    private final Shape row;
    private final long rowBytes;
    private final Optional<FileRegion> mapped;

    /**
     * @throws IllegalArgumentException if the engine has no such arrays, or the tensor no rows
     */
    FeatureColumn(TensorEntry entry) throws IOException {
        if (entry.shape().rank() == 0 || entry.shape().dimension(0) == 0) {
            throw new IllegalArgumentException(
                    "`" + entry.name() + "` has the shape " + entry.shape() + ", and so no rows");
        }
        this.entry = entry;
        this.type = DataTypes.writable(entry.dtype())
                .orElseThrow(() -> new IllegalArgumentException(
                        "`" + entry.name() + "` is of type " + entry.dtype() + ", which the engine cannot hold"));
        Shape all = Shapes.engine(entry.shape());
        this.row = all.slice(1);
        this.rowBytes = entry.dtype().byteCount(entry.shape()) / all.get(0);
        // A private mapping, which an operation in place may write to without anybody noticing, takes leave to write.
        this.mapped = FileRegion.of(entry.data())
                .filter(region -> Files.isWritable(region.file().path()));
    }

    String name() {
        return entry.name();
    }

    long rows() {
        return entry.shape().dimension(0);
    }

    /** One row, without the axis of rows. */
    NDArray row(NDManager manager, long index) throws IOException {
        return manager.create(window(index, 1), row, type);
    }

    /** Rows that lie together; not copied, where they can be mapped. */
    NDArray range(NDManager manager, long from, long to) throws IOException {
        return manager.create(window(from, to - from), new Shape(to - from).addAll(row), type);
    }

    /** Rows from anywhere, each copied once. */
    NDArray rows(NDManager manager, long... indices) throws IOException {
        ByteBuffer bytes = direct(indices.length);
        for (int i = 0; i < indices.length; i++) {
            entry.data().read(indices[i] * rowBytes, bytes.limit(Math.toIntExact((i + 1) * rowBytes)));
        }
        return manager.create(bytes.flip(), new Shape(indices.length).addAll(row), type);
    }

    private ByteBuffer direct(long rows) {
        return ByteBuffer.allocateDirect(Math.toIntExact(rows * rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer window(long from, long rows) throws IOException {
        if (mapped.isEmpty()) {
            ByteBuffer bytes = direct(rows);
            entry.data().read(from * rowBytes, bytes);
            return bytes.flip();
        }
        FileRegion part = mapped.get().part(from * rowBytes, rows * rowBytes);
        part.file().requireUnchanged();
        try (FileChannel channel =
                FileChannel.open(part.file().path(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.PRIVATE, part.offset(), part.bytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
