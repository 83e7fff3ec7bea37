package io.graft.checkpoint.write;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileInProgressTest {
    private static final int LENGTH = 20_000_001;

    @TempDir
    Path folder;

    /** More blocks than there is memory for at a time, whoever takes them, and bytes that wait for those before them. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void anyNumberOfThreadsWritesTheSameBytes(int threads) throws Exception {
        byte[] random = new byte[LENGTH];
        new Random(7).nextBytes(random);
        TensorData whole =
                CheckpointFile.of(Files.write(folder.resolve("source"), random)).data(0, LENGTH);
        PieceChecksum first = new PieceChecksum(LENGTH);
        PieceChecksum second = new PieceChecksum(LENGTH);
        PlannedFile file = new PlannedFile(
                "file",
                List.of(
                        Piece.of(new byte[13]),
                        Piece.of(tensor("a", whole), first),
                        late(first),
                        Piece.of(tensor("b", new InOrder(whole)), second),
                        late(second),
                        Piece.of(tensor("c", whole))),
                written -> {});
        WrittenFile written;
        try (FileInProgress progress = FileInProgress.create(folder, file, threads, WriteOptions.DEFAULT)) {
            written = progress.write(new Workers(), new Object());
        }
        CRC32 crc = new CRC32();
        crc.update(random);
        ByteBuffer expected = ByteBuffer.allocate(13 + 3 * LENGTH + 2 * Long.BYTES)
                .position(13)
                .put(random)
                .putLong(crc.getValue())
                .put(random)
                .putLong(crc.getValue())
                .put(random);
        byte[] bytes = Files.readAllBytes(written.path());
        assertArrayEquals(expected.array(), bytes);
        assertEquals(
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)), written.sha256());
        assertEquals(bytes.length, written.bytes());
    }

    /** Without a digest bytes are written from where they lie, in long blocks; the file is the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void whatNobodyLooksAtIsSentToTheSameBytes(int threads) throws Exception {
        byte[] random = new byte[LENGTH];
        new Random(8).nextBytes(random);
        TensorData whole =
                CheckpointFile.of(Files.write(folder.resolve("source"), random)).data(0, LENGTH);
        TensorData held =
                TensorData.of(ByteBuffer.allocateDirect(LENGTH).put(random).rewind());
        PieceChecksum checksum = new PieceChecksum(LENGTH);
        PlannedFile file = new PlannedFile(
                "file",
                List.of(
                        Piece.of(tensor("a", whole)),
                        Piece.of(new byte[13]),
                        Piece.of(tensor("b", whole)),
                        Piece.of(tensor("held", held)),
                        Piece.of(tensor("c", whole), checksum),
                        late(checksum)),
                written -> {});
        WriteOptions options = new WriteOptions(false, true, Part.WHOLE);
        WrittenFile written;
        try (FileInProgress progress = FileInProgress.create(folder, file, threads, options)) {
            written = progress.write(new Workers(), new Object());
        }
        CRC32 crc = new CRC32();
        crc.update(random);
        ByteBuffer expected = ByteBuffer.allocate(13 + 4 * LENGTH + Long.BYTES)
                .put(random)
                .put(new byte[13])
                .put(random)
                .put(random)
                .put(random)
                .putLong(crc.getValue());
        assertArrayEquals(expected.array(), Files.readAllBytes(written.path()));
        assertEquals("", written.sha256());
    }

    /** As of a disk that fails: the system has no more bytes of the file than it had. */
    @Test
    void aSourceThatBecomesShorterMeanwhileIsTold() throws Exception {
        Path source = Files.write(folder.resolve("source"), new byte[LENGTH]);
        CheckpointFile whole = CheckpointFile.of(source);
        try (FileChannel opened = whole.open();
                FileChannel target = FileChannel.open(
                        folder.resolve("target"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            Files.write(source, new byte[5]);
            CheckpointException refused =
                    assertThrows(CheckpointException.class, () -> whole.send(opened, 0, LENGTH, target));
            assertEquals(
                    whole.path() + ": has changed since its header was read; run again when nothing writes to it",
                    refused.getMessage());
        }
    }

    private static OutputTensor tensor(String name, TensorData data) {
        return new OutputTensor(name, DType.U8, Shape.of(LENGTH), () -> data);
    }

    private static Piece late(PieceChecksum checksum) {
        return new Piece.Late(
                Long.BYTES,
                () -> ByteBuffer.allocate(Long.BYTES).putLong(checksum.await()).array());
    }

    /** A tensor that only one thread may read. */
    private record InOrder(TensorData data) implements TensorData {
        @Override
        public long byteCount() {
            return data.byteCount();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            return data.window(offset, length);
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            data.transferTo(target);
        }
    }
}
