package io.graft.djl.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.training.GradientCollector;
import io.graft.Plan;
import io.graft.RollBackException;
import io.graft.TargetModel.Commit;
import io.graft.ValueWatch;
import io.graft.checkpoint.CheckpointException;
import io.graft.checkpoint.CheckpointFile;
import io.graft.checkpoint.write.OutputTensor;
import io.graft.djl.BlockTarget;
import io.graft.djl.Held;
import io.graft.djl.Models;
import io.graft.djl.array.DataTypes;
import io.graft.djl.array.Shapes;
import io.graft.model.ModelDraft;
import io.graft.model.TensorException;
import io.graft.tensor.CastTensor;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits of arrays so large that several threads write them at once. */
class OverwriterTest {
    /** Float32, 5 MiB and a little: six pieces, the last one small. */
    private static final Shape LARGE = Shape.of(1281, 1024);

    private static final int LARGE_BYTES = 1281 * 1024 * 4;

    @TempDir
    Path folder;

    private NDManager manager;

    @BeforeEach
    void openManager() {
        manager = Engine.getEngine("PyTorch").newBaseManager();
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @Test
    void everyByteOfAFileArrivesAndGoesAgain() throws IOException {
        Held block = new Held(random(), random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        byte[] a = bytes(LARGE_BYTES, 1);
        byte[] b = bytes(LARGE_BYTES, 2);
        try (Commit commit = commit(block, fromFile("a", a), fromFile("b", b))) {
            assertEquals(ByteBuffer.wrap(a), Models.snapshot(block).get("a").bits());
            assertEquals(ByteBuffer.wrap(b), Models.snapshot(block).get("b").bits());
            commit.rollBack();
            assertEquals(before, Models.snapshot(block));
        }
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void aSourceThatFailsWhileOtherThreadsWriteLeavesEveryBit() {
        Held block = new Held(random(), random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        FailsLate failing = new FailsLate(LARGE_BYTES);
        IOException failure = assertThrows(
                IOException.class, () -> commit(block, Models.filled(LARGE, 7), new Stored(DType.F32, LARGE, failing)));
        assertEquals("the values of `b` cannot be had: java.io.IOException: the disk is gone", failure.getMessage());
        assertTrue(failing.read.size() > 2, "others were read before");
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void aFileThatIsCutShortMeanwhileLeavesEveryBit() throws IOException {
        Held block = new Held(random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        Path file = Files.write(folder.resolve("source"), bytes(LARGE_BYTES, 1));
        TensorData data = new CutShort(CheckpointFile.of(file).data(0, LARGE_BYTES), file);
        TensorException failure =
                assertThrows(TensorException.class, () -> commit(block, new Stored(DType.F32, LARGE, data)));
        assertEquals(
                "has changed since its header was read",
                assertInstanceOf(CheckpointException.class, failure.getCause()).detail());
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void valuesThatMustBeReadInOrderAre() throws IOException {
        Held block = new Held(manager.zeros(new ai.djl.ndarray.types.Shape(5 << 20), DataType.INT64));
        InOrder values = new InOrder(40 << 20);
        commit(block, new Stored(DType.I64, Shape.of(5 << 20), values)).close();
        assertEquals(40 << 20, values.next);
        assertEquals(
                5L << 20,
                Models.parameter(BlockTarget.of(block), "a").getArray().sum().getLong());
    }

    @Test
    void anInterruptNeitherStopsACommitNorItsRollBack() throws IOException {
        Held block = new Held(random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        byte[] values = bytes(LARGE_BYTES, 1);
        LazyTensor file = fromFile("a", values);
        Thread.currentThread().interrupt();
        try (Commit commit = commit(block, file)) {
            assertTrue(Thread.interrupted());
            assertEquals(
                    ByteBuffer.wrap(values), Models.snapshot(block).get("a").bits());
            Thread.currentThread().interrupt();
            commit.rollBack();
            assertTrue(Thread.interrupted());
        }
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void arraysThatShareMemoryTakeTheLastValuesAndGetTheFirstBack() throws IOException {
        NDArray array = random();
        Held block = new Held(array, array.reshape(1024, 1281), array.reshape(1281, 32, 32), array.transpose());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        try (Commit commit = commit(
                block,
                Models.filled(LARGE, 1),
                Models.filled(Shape.of(1024, 1281), 2),
                Models.filled(Shape.of(1281, 32, 32), 3))) {
            assertEquals(3f, array.min().getFloat());
            assertEquals(3f, array.max().getFloat());
            commit.rollBack();
        }
        assertEquals(before, Models.snapshot(block));
        commit(
                        block,
                        Models.filled(LARGE, 1),
                        Models.filled(Shape.of(1024, 1281), 2),
                        Models.filled(Shape.of(1281, 32, 32), 3),
                        Models.filled(Shape.of(1024, 1281), 4))
                .close();
        assertEquals(4f, array.min().getFloat());
        assertEquals(4f, array.max().getFloat());
    }

    @Test
    void aStridedArrayIsWrittenAndRestored() throws IOException {
        NDArray array = random();
        Held block = new Held(array.transpose(), random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        byte[] values = bytes(LARGE_BYTES, 1);
        LazyTensor turned = new Stored(DType.F32, Shape.of(1024, 1281), TensorData.of(ByteBuffer.wrap(values)));
        try (Commit commit = commit(block, turned, Models.filled(LARGE, 7))) {
            assertEquals(
                    ByteBuffer.wrap(values), Models.snapshot(block).get("a").bits());
            commit.rollBack();
        }
        assertEquals(before, Models.snapshot(block));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64", "F16", "U8", "I8", "I32", "I64", "BOOL"})
    void everyTypeIsWrittenAndRestored(DType dtype) throws IOException {
        Shape shape = Shape.of(3, 700_001);
        NDArray array =
                manager.ones(Shapes.engine(shape), DataTypes.writable(dtype).orElseThrow());
        Held block = new Held(array);
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        byte[] values = bytes((int) dtype.byteCount(shape), 1);
        if (dtype == DType.BOOL) {
            for (int i = 0; i < values.length; i++) {
                values[i] &= 1;
            }
        }
        try (Commit commit = commit(block, new Stored(dtype, shape, TensorData.of(ByteBuffer.wrap(values))))) {
            assertEquals(
                    ByteBuffer.wrap(values), Models.snapshot(block).get("a").bits());
            commit.rollBack();
        }
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void bfloat16IsConvertedByAllThreads() throws IOException {
        byte[] halves = bytes(LARGE_BYTES / 2, 1);
        ByteBuffer expected = ByteBuffer.allocate(LARGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < halves.length; i += 2) {
            expected.put((byte) 0).put((byte) 0).put(halves[i]).put(halves[i + 1]);
        }
        Held block = new Held(random());
        LazyTensor stored = new Stored(DType.BF16, LARGE, TensorData.of(ByteBuffer.wrap(halves)));
        commit(block, new CastTensor(stored, DType.F32)).close();
        assertEquals(expected.flip(), Models.snapshot(block).get("a").bits());
    }

    @Test
    void theGradientAndItsFlagStay() throws IOException {
        NDArray array = random();
        array.setRequiresGradient(true);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(array.mul(3).sum());
        }
        Held block = new Held(array);
        try (Commit commit = commit(block, Models.filled(LARGE, 7))) {
            assertEquals(3f, array.getGradient().min().getFloat());
            commit.rollBack();
        }
        commit(block, Models.filled(LARGE, 7)).close();
        assertTrue(array.hasGradient());
        assertEquals(3f, array.getGradient().min().getFloat());
        assertEquals(3f, array.getGradient().max().getFloat());
    }

    /** Otherwise it would compute a gradient from new values where it needs the old ones. */
    @Test
    void aBackwardPassRefusesValuesThatWereOverwritten() throws IOException {
        NDArray array = random();
        array.setRequiresGradient(true);
        Held block = new Held(array);
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray loss = array.mul(array).sum();
            commit(block, Models.filled(LARGE, 7)).close();
            Exception refused = assertThrows(Exception.class, () -> collector.backward(loss));
            assertTrue(refused.getMessage().contains("modified by an inplace operation"), refused::getMessage);
        }
    }

    @Test
    void everyArrayThatACommitMakesIsClosed() throws IOException {
        Held block = new Held(random(), random().transpose());
        int before = manager.getManagedArrays().size();
        try (Commit commit = commit(block, Models.filled(LARGE, 7), Models.filled(Shape.of(1024, 1281), 7))) {
            commit.rollBack();
        }
        commit(block, Models.filled(LARGE, 7), Models.filled(Shape.of(1024, 1281), 7))
                .close();
        assertThrows(IOException.class, () -> commit(block, new Stored(DType.F32, LARGE, new FailsLate(LARGE_BYTES))));
        assertEquals(before, manager.getManagedArrays().size());
    }

    @Test
    void everyThreadOfACommitEnds() throws Exception {
        Held block = new Held(random());
        commit(block, Models.filled(LARGE, 7)).close();
        assertThrows(IOException.class, () -> commit(block, new Stored(DType.F32, LARGE, new FailsLate(LARGE_BYTES))));
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("graft-commit")) {
                thread.join(TimeUnit.SECONDS.toMillis(30));
                assertFalse(thread.isAlive());
            }
        }
    }

    @Test
    void aModelThatIsClosedHalfWayEndsTheCommitAndNotTheProcess() throws IOException {
        Held block = new Held(random(), random(), random());
        LazyTensor closes = new Stored(
                DType.F32,
                LARGE,
                TensorData.computed(
                        TensorData.of(ByteBuffer.allocate(0)),
                        DType.F32,
                        LARGE.elementCount(),
                        (first, count, room) -> {
                            manager.close();
                            ByteBuffer zeros = ByteBuffer.allocate(count * Float.BYTES);
                            return (elements, next) -> elements.read(DType.F32, zeros, next);
                        }));
        RollBackException failure = assertThrows(
                RollBackException.class, () -> commit(block, Models.filled(LARGE, 1), closes, Models.filled(LARGE, 3)));
        assertEquals(List.of("a", "b"), failure.tensors());
        assertEquals("Native resource has been released already.", failure.getSuppressed()[0].getMessage());
    }

    @Test
    void aTensorThatCannotBePutBackIsNamedAndTheOthersAreRestored() {
        NDArray lost = random();
        Held block = new Held(lost, random(), random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        LazyTensor loses = new Computed(LARGE, () -> {
            lost.close();
            throw new IOException("the disk is gone");
        });
        RollBackException failure = assertThrows(
                RollBackException.class, () -> commit(block, Models.filled(LARGE, 1), Models.filled(LARGE, 2), loses));
        assertEquals(List.of("a"), failure.tensors());
        assertEquals(
                "the values of `c` cannot be had: java.io.IOException: the disk is gone",
                failure.getSuppressed()[0].getMessage());
        for (String kept : List.of("b", "c")) {
            assertEquals(
                    before.get(kept), Models.Snapshot.of(block.getParameters().get(kept)));
        }
    }

    @Test
    void aRollBackOfAClosedModelIsRefused() throws IOException {
        Held block = new Held(random());
        try (Commit commit = commit(block, Models.filled(LARGE, 7))) {
            manager.close();
            RollBackException failure = assertThrows(RollBackException.class, commit::rollBack);
            assertEquals(List.of("a"), failure.tensors());
            assertEquals(
                    "the model could not be put back as it was: java.lang.IllegalStateException: Native resource has"
                            + " been released already.",
                    failure.getMessage());
        }
    }

    @Test
    void aFailureWhenTheCommitIsMadeFinalLeavesEveryBit() throws IOException {
        Held block = new Held(random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        BlockTarget target = BlockTarget.of(block);
        ModelDraft draft = target.draft();
        draft.assign("a", Models.filled(LARGE, 1));
        Plan plan = Models.plan(target, draft);
        BlockChanges changes = BlockChanges.of(plan, block, Wrapping.WHERE_NEEDED);
        Commit commit = BlockCommit.carryOut(plan, changes, Wrapping.WHERE_NEEDED, new ValueWatch(), true, same -> {
            throw new IllegalStateException("no trainer");
        });
        IllegalStateException failure = assertThrows(IllegalStateException.class, commit::close);
        assertEquals("no trainer", failure.getMessage());
        assertEquals(before, Models.snapshot(block));
        commit(block, Models.filled(LARGE, 2)).close();
    }

    @Test
    void twoCommitsAtOnceOnOneModelAreRefused() throws IOException {
        NDArray shared = random();
        Held block = new Held(shared, random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        try (Commit first = commit(block, Models.filled(LARGE, 1))) {
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> commit(block, Models.filled(LARGE, 2)));
            assertEquals("another commit on this model is not closed yet", refused.getMessage());
            first.rollBack();
            assertEquals(before, Models.snapshot(block));
        }
        commit(block, Models.filled(LARGE, 2)).close();
        assertEquals(2f, shared.min().getFloat());
    }

    @Test
    void valuesThatNeedAnotherCommitOnTheModelAreRefused() {
        Held block = new Held(random(), random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        LazyTensor nested = new Computed(LARGE, () -> {
            commit(block, Models.filled(LARGE, 2)).close();
            return TensorData.of(ByteBuffer.allocate(LARGE_BYTES));
        });
        TensorException failure = assertThrows(TensorException.class, () -> commit(block, nested));
        assertEquals(
                "another commit on this model is not closed yet",
                failure.getCause().getMessage());
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void oldValuesThatCannotBeKeptLeaveEveryBit() {
        Held block = new Held(random(), random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        String temporary = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder.resolve("gone").toString());
        try {
            IOException failure = assertThrows(IOException.class, () -> commit(block, Models.filled(LARGE, 1)));
            String start =
                    "a temporary file in " + folder.resolve("gone") + " cannot be written: NoSuchFileException: ";
            assertTrue(failure.getMessage().startsWith(start), failure::getMessage);
        } finally {
            System.setProperty("java.io.tmpdir", temporary);
        }
        assertEquals(before, Models.snapshot(block));
    }

    /** Small old values wait in memory, and what was collected of them is all that there is when the first write fails. */
    @Test
    void smallOldValuesComeBackWhenLaterOnesCannotBeKept() {
        Held block = new Held(
                manager.randomNormal(new ai.djl.ndarray.types.Shape(8)),
                manager.randomNormal(new ai.djl.ndarray.types.Shape(300, 5)),
                random());
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        String temporary = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", folder.resolve("gone").toString());
        try {
            assertThrows(
                    IOException.class,
                    () -> commit(
                            block,
                            Models.filled(Shape.of(8), 1),
                            Models.filled(Shape.of(300, 5), 2),
                            Models.filled(LARGE, 3)));
        } finally {
            System.setProperty("java.io.tmpdir", temporary);
        }
        assertEquals(before, Models.snapshot(block));
    }

    /** Five times as many bytes as a thread collects in memory, so that some are written to its file. */
    @Test
    void manySmallTensorsAreRolledBackToEveryBit() throws IOException {
        Shape shape = Shape.of(1250, 41);
        NDArray[] arrays = new NDArray[26];
        Arrays.setAll(arrays, i -> manager.randomNormal(Shapes.engine(shape)));
        Held block = new Held(arrays);
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        BlockTarget target = BlockTarget.of(block);
        ModelDraft draft = target.draft();
        before.keySet().forEach(name -> draft.assign(name, Models.filled(shape, 1)));
        try (Commit commit = target.commit(Models.plan(target, draft))) {
            for (NDArray array : arrays) {
                assertEquals(51250f, array.sum().getFloat());
            }
            Thread.currentThread().interrupt();
            commit.rollBack();
            assertTrue(Thread.interrupted());
            assertEquals(before, Models.snapshot(block));
        }
        assertEquals(before, Models.snapshot(block));
    }

    private NDArray random() {
        return manager.randomNormal(Shapes.engine(LARGE));
    }

    private LazyTensor fromFile(String name, byte[] values) throws IOException {
        Path file = Files.write(folder.resolve(name), values);
        return new Stored(DType.F32, LARGE, CheckpointFile.of(file).data(0, values.length));
    }

    /** Gives the first parameters of a block values, in order. */
    private static Commit commit(Held block, LazyTensor... values) throws IOException {
        BlockTarget target = BlockTarget.of(block);
        ModelDraft draft = target.draft();
        List<String> names = List.of("a", "b", "c", "d");
        for (int i = 0; i < values.length; i++) {
            draft.assign(names.get(i), values[i]);
        }
        Plan plan = Models.plan(target, draft);
        return target.commit(plan);
    }

    private static byte[] bytes(int count, int seed) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private record Stored(DType dtype, Shape shape, TensorData data) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("test", "x");
        }

        @Override
        public TensorData materialize() {
            return data;
        }
    }

    /** Values whose author's code runs when they are materialized. */
    private record Computed(Shape shape, OutputTensor.Source source) implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Stored("test", "x");
        }

        @Override
        public TensorData materialize() throws IOException {
            return source.materialize();
        }
    }

    /** Zeros for several threads, up to the fourth mebibyte, which fails when the ones before it have been read. */
    private static final class FailsLate implements TensorData {
        private final long byteCount;
        private final CountDownLatch others = new CountDownLatch(3);
        final ConcurrentSkipListSet<Long> read = new ConcurrentSkipListSet<>();

        FailsLate(long byteCount) {
            this.byteCount = byteCount;
        }

        @Override
        public long byteCount() {
            return byteCount;
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            if (offset == 3 << 20) {
                awaitOthers();
                throw new IOException("the disk is gone");
            }
            read.add(offset);
            others.countDown();
            return ByteBuffer.allocate(length);
        }

        @Override
        public boolean isDivisible() {
            return true;
        }

        @Override
        public void transferTo(WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }

        private void awaitOthers() throws IOException {
            try {
                assertTrue(others.await(30, TimeUnit.SECONDS), "the others are not read");
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
        }
    }

    /** Its file is cut in two when the fourth mebibyte is asked for. */
    private record CutShort(TensorData stored, Path file) implements TensorData {
        @Override
        public long byteCount() {
            return stored.byteCount();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            return stored.window(offset, length);
        }

        @Override
        public void read(long offset, ByteBuffer target) throws IOException {
            if (offset == 3 << 20) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(byteCount() / 2);
                }
            }
            stored.read(offset, target);
        }

        @Override
        public boolean isDivisible() {
            return true;
        }

        @Override
        public void transferTo(WritableByteChannel target) throws IOException {
            stored.transferTo(target);
        }
    }

    /** Ones of type I64, which must be asked for from the first to the last. */
    private static final class InOrder implements TensorData {
        private final long byteCount;
        private long next;

        InOrder(long byteCount) {
            this.byteCount = byteCount;
        }

        @Override
        public long byteCount() {
            return byteCount;
        }

        @Override
        public synchronized ByteBuffer window(long offset, int length) {
            assertEquals(next, offset);
            next += length;
            ByteBuffer ones = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
            while (ones.hasRemaining()) {
                ones.putLong(1);
            }
            return ones.flip();
        }

        @Override
        public void transferTo(WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }
    }
}
