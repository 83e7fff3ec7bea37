package io.graft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.FileBacked;
import io.graft.checkpoint.FileRegion;
import io.graft.checkpoint.Fixtures;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Values that anybody's code gives, as a commit reads them. */
class NamedTensorDataTest {
    private static final byte[] BYTES = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final LazyTensor VALUE = Drafts.stored("w", DType.F32, 2);

    @TempDir
    private Path folder;

    private static TensorData named(TensorData data) throws TensorException {
        return NamedTensorData.of("encoder.w", VALUE, () -> data);
    }

    private FileBacked inFile() throws IOException {
        Path file = Files.write(folder.resolve("data"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
        return CheckpointFile.of(file).data(1, BYTES.length);
    }

    @Test
    void whatIsGivenAsItShouldBeIsPassedOn() throws IOException {
        for (TensorData given : List.of(TensorData.of(ByteBuffer.wrap(BYTES)), inFile(), new Own(8))) {
            TensorData data = named(given);
            assertEquals(8, data.byteCount());
            assertArrayEquals(BYTES, Fixtures.bytes(data));
            ByteBuffer read = ByteBuffer.allocate(5).position(1);
            data.read(3, read);
            assertArrayEquals(new byte[] {0, 4, 5, 6, 7}, read.array());
            ByteArrayOutputStream transferred = new ByteArrayOutputStream();
            data.transferTo(Channels.newChannel(transferred));
            assertArrayEquals(BYTES, transferred.toByteArray());
            assertEquals(given.isDivisible(), data.isDivisible());
        }
    }

    @Test
    void whatLiesInAFileMayBeCopiedFromThere() throws IOException {
        FileBacked file = inFile();
        assertEquals(
                file.region(), assertInstanceOf(FileBacked.class, named(file)).region());
        assertFalse(named(new Own(8)) instanceof FileBacked);
    }

    @Test
    void anotherNumberOfBytesThanTheShapeTakesIsRefused() {
        assertTold("java.lang.IllegalStateException: F32 [2] takes 8 bytes, and 12 came", () -> named(new Own(12)));
    }

    @Test
    void fewerBytesThanWereAskedForAreRefused() throws IOException {
        Own own = new Own(8);
        TensorData data = named(own);
        own.given = 3;
        assertTold("java.lang.IllegalStateException: 5 bytes were asked for, and 3 came", () -> data.window(1, 5));
        assertTold(
                "java.lang.IllegalStateException: 5 bytes were asked for, and 3 came",
                () -> data.read(1, ByteBuffer.allocate(6).position(1)));
        assertTold(
                "java.lang.IllegalStateException: 8 bytes were asked for, and 3 came",
                () -> data.transferTo(Channels.newChannel(new ByteArrayOutputStream())));
        FileRegion region = inFile().region();
        FileBacked shorter = new Own.InFile(region.part(0, 7));
        FileBacked inFile = assertInstanceOf(FileBacked.class, named(shorter));
        assertTold("java.lang.IllegalStateException: 8 bytes were asked for, and 7 came", inFile::region);
    }

    @Test
    void whateverIsThrownIsToldWithTheTensorsName() throws IOException {
        for (Throwable thrown :
                List.of(new IllegalStateException("no"), new StackOverflowError(), new IOException("io"))) {
            Own own = new Own(8);
            TensorData data = named(own);
            own.thrown = thrown;
            WritableByteChannel target = Channels.newChannel(new ByteArrayOutputStream());
            for (Executable operation : List.<Executable>of(
                    () -> named(own),
                    () -> data.window(0, 1),
                    () -> data.read(0, ByteBuffer.allocate(1)),
                    () -> data.transferTo(target))) {
                assertSame(thrown, assertTold(thrown.toString(), operation).getCause());
            }
        }
    }

    @Test
    void aTargetThatTakesNothingIsNotTheTensorsFailure() throws IOException {
        IOException full = new IOException("No space left on device");
        TensorData data = named(new Own(8));
        assertSame(full, assertThrows(IOException.class, () -> data.transferTo(new Refusing(full))));
    }

    @Test
    void itsCodeSeesWhetherTheTargetIsOpenAndMayCloseIt() throws IOException {
        Own own = new Own(8);
        own.closes = true;
        TensorData data = named(own);
        Refusing target = new Refusing(null);
        data.transferTo(target);
        assertFalse(target.open);
        assertTold(
                "java.lang.IllegalStateException: 8 bytes were asked for, and 0 came", () -> data.transferTo(target));
    }

    private static TensorException assertTold(String cause, Executable operation) {
        TensorException told = assertThrows(TensorException.class, operation);
        assertEquals("the values of `encoder.w` cannot be had: " + cause, told.getMessage());
        assertEquals("encoder.w", told.tensor());
        return told;
    }

    /** Somebody's own, which gives what it is told to. */
    private static final class Own implements TensorData {
        private final int length;
        private int given = Integer.MAX_VALUE;
        private Throwable thrown;
        private boolean closes;

        Own(int length) {
            this.length = length;
        }

        @Override
        public long byteCount() {
            fail();
            return length;
        }

        @Override
        public ByteBuffer window(long offset, int count) {
            fail();
            return ByteBuffer.wrap(BYTES).slice((int) offset, Math.min(given, count));
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            target.put(window(offset, target.remaining()));
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            ByteBuffer all = window(0, length);
            while (target.isOpen() && all.hasRemaining()) {
                target.write(all.slice(all.position(), 1));
                all.get();
            }
            if (closes) {
                target.close();
            }
        }

        private void fail() {
            if (thrown != null) {
                Own.<RuntimeException>throwAnything(thrown);
            }
        }

        @SuppressWarnings("unchecked")
        private static <T extends Throwable> void throwAnything(Throwable thrown) throws T {
            throw (T) thrown;
        }

        /** Says that all lies in a region. */
        private record InFile(FileRegion region) implements FileBacked {
            @Override
            public long byteCount() {
                return 8;
            }

            @Override
            public ByteBuffer window(long offset, int length) {
                throw new AssertionError("asked for the region only");
            }

            @Override
            public void transferTo(WritableByteChannel target) {
                throw new AssertionError("asked for the region only");
            }
        }
    }

    private static final class Refusing implements WritableByteChannel {
        private final IOException failure;
        private boolean open = true;

        Refusing(IOException failure) {
            this.failure = failure;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            if (failure != null) {
                throw failure;
            }
            assertTrue(open);
            int length = bytes.remaining();
            bytes.position(bytes.limit());
            return length;
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
