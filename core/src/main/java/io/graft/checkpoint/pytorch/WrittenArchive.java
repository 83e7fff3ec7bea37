package io.graft.checkpoint.pytorch;

import io.graft.checkpoint.TensorName;
import io.graft.checkpoint.bytes.Checksum;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A file that is being written, at its position or anywhere in it. */
final class WrittenArchive implements AutoCloseable {
    private static final int STEP = 1 << 18;

    private final Path path;
    private final FileChannel channel;

    private WrittenArchive(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /** Makes the file, which must not exist. */
    static WrittenArchive create(Path path) throws IOException {
        return new WrittenArchive(
                path,
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    FileChannel channel() {
        return channel;
    }

    void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes), channel.position());
        channel.position(channel.position() + bytes.length);
    }

    void write(ByteBuffer bytes, long at) throws IOException {
        for (long position = at; bytes.hasRemaining(); ) {
            position += channel.write(bytes, position);
        }
    }

    /**
     * Writes a tensor's bytes at the position.
     *
     * @return their checksum
     */
    long write(OutputTensor tensor) throws IOException {
        long expected = tensor.dtype().byteCount(tensor.shape());
        TensorData data = materialize(tensor);
        long start = channel.position();
        data.transferTo(channel);
        requireBytes(tensor, expected, channel.position() - start);
        return Checksum.of(channel, start, expected);
    }

    /** Asks for a tensor's bytes and checks their number. */
    static TensorData materialize(OutputTensor tensor) throws IOException {
        TensorData data = tensor.data().materialize();
        requireBytes(tensor, tensor.dtype().byteCount(tensor.shape()), data.byteCount());
        return data;
    }

    /** Forces the file to the disk and reads it once more, from start to end. */
    WrittenFile finish() throws IOException {
        channel.force(true);
        MessageDigest sha256 = sha256();
        ByteBuffer buffer = ByteBuffer.allocate(STEP);
        long size = 0;
        for (int count = channel.read(buffer, size); count >= 0; count = channel.read(buffer.clear(), size)) {
            sha256.update(buffer.array(), 0, count);
            size += count;
        }
        return new WrittenFile(path, size, HexFormat.of().formatHex(sha256.digest()));
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }

    private static void requireBytes(OutputTensor tensor, long expected, long actual) {
        if (actual != expected) {
            throw new IllegalStateException("tensor '" + TensorName.printable(tensor.name()) + "' came with " + actual
                    + " bytes, but " + tensor.dtype() + " " + tensor.shape() + " takes " + expected);
        }
    }
}
