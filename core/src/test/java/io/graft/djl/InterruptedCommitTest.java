package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDManager;
import io.graft.checkpoint.CheckpointFile;
import io.graft.djl.array.Shapes;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.ModelDraft;
import io.graft.model.TensorException;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Interrupts that come while a commit is under way, between two files that it reads. */
class InterruptedCommitTest {
    private static final Shape SHAPE = Shape.of(1281, 1024);
    private static final int BYTES = 1281 * 1024 * 4;

    @TempDir
    Path folder;

    private NDManager manager;
    private Held block;
    private Map<String, Models.Snapshot> before;

    @BeforeEach
    void openModel() {
        manager = PyTorchEngine.start().newBaseManager();
        block = new Held(random(), random(), random());
        before = Models.snapshot(block);
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    @Test
    void threadGroupInterruptDuringALiveCommit() throws Exception {
        ThreadGroup server = new ThreadGroup("server");
        assertTrue(inGroup(server, () -> commit(false, server::interrupt)), "the caller stays interrupted");
        assertNewValues();
    }

    @Test
    void threadGroupInterruptDuringALiveCommitThatFails() throws Exception {
        ThreadGroup server = new ThreadGroup("server");
        assertTrue(inGroup(server, () -> commit(true, server::interrupt)), "the caller stays interrupted");
        assertEquals(before, Models.snapshot(block));
    }

    /** Which nothing but an interrupt of every thread of the process reaches. */
    @Test
    void interruptOfTheThreadsOfTheCommitThemselves() throws Exception {
        Runnable everybody = () -> Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("graft-commit"))
                .forEach(Thread::interrupt);
        commit(true, everybody);
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void threadsOfACommitAreInNoGroupOfTheCaller() throws Exception {
        ThreadGroup server = new ThreadGroup("server");
        AtomicReference<ThreadGroup> group = new AtomicReference<>();
        inGroup(
                server,
                () -> commit(false, () -> group.set(Thread.currentThread().getThreadGroup())));
        assertEquals("graft", group.get().getName());
        assertFalse(server.parentOf(group.get()));
        assertFalse(Thread.currentThread().getThreadGroup().parentOf(group.get()));
    }

    @Test
    void extensionCodeThatInterruptsItsOwnThread() throws Exception {
        commit(false, () -> Thread.currentThread().interrupt());
        assertNewValues();
        assertFalse(Thread.currentThread().isInterrupted());
    }

    @Test
    void extensionCodeThatInterruptsItsOwnThreadAndFails() throws Exception {
        commit(true, () -> Thread.currentThread().interrupt());
        assertEquals(before, Models.snapshot(block));
    }

    @Test
    void shutdownNowWhileTheCallerCommitsInThePool() throws Exception {
        for (boolean fails : new boolean[] {false, true}) {
            ExecutorService pool = Executors.newSingleThreadExecutor();
            Future<Boolean> interrupted = pool.submit(() -> {
                commit(fails, pool::shutdownNow);
                return Thread.currentThread().isInterrupted();
            });
            assertTrue(interrupted.get(), "the caller stays interrupted");
            assertTrue(pool.awaitTermination(30, TimeUnit.SECONDS));
            if (fails) {
                assertEquals(before, Models.snapshot(block));
            } else {
                assertNewValues();
                openModel();
            }
        }
    }

    @Test
    void callerThatIsInterruptedAlready() throws Exception {
        Thread.currentThread().interrupt();
        commit(true, () -> {});
        assertTrue(Thread.interrupted(), "the caller stays interrupted");
        assertEquals(before, Models.snapshot(block));
    }

    /** Gives the block the bytes of a file, after some other code has run in between; may fail when all but one are written. */
    private void commit(boolean fails, Runnable between) throws IOException {
        BlockTarget target = BlockTarget.of(block);
        ModelDraft draft = target.draft();
        TensorData stored = CheckpointFile.of(file()).data(0, BYTES);
        draft.assign("a", new Value(new Between(stored, between)));
        draft.assign("b", new Value(stored));
        draft.assign("c", new Value(fails ? new Between(stored, InterruptedCommitTest::fail) : stored));
        try {
            target.commit(Models.plan(target, draft)).close();
            assertFalse(fails);
        } catch (TensorException failure) {
            assertTrue(fails, failure::getMessage);
        }
    }

    private static void fail() {
        throw new IllegalStateException("as it should");
    }

    private void assertNewValues() throws IOException {
        ByteBuffer expected = ByteBuffer.wrap(Files.readAllBytes(file()));
        Models.snapshot(block).forEach((name, now) -> assertEquals(expected, now.bits(), name));
    }

    private Path file() throws IOException {
        Path file = folder.resolve("values");
        if (!Files.exists(file)) {
            byte[] values = new byte[BYTES];
            new Random(1).nextBytes(values);
            Files.write(file, values);
        }
        return file;
    }

    private ai.djl.ndarray.NDArray random() {
        return manager.randomNormal(Shapes.engine(SHAPE));
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Runs work in a thread of a group; whether the thread is interrupted then. */
    private static boolean inGroup(ThreadGroup group, Work work) throws InterruptedException, ExecutionException {
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            work.run();
            return Thread.currentThread().isInterrupted();
        });
        Thread thread = new Thread(group, task, "caller");
        thread.start();
        thread.join();
        return task.get();
    }

    private record Value(TensorData data) implements LazyTensor {
        @Override
        public DType dtype() {
            return DType.F32;
        }

        @Override
        public Shape shape() {
            return SHAPE;
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
        public TensorData materialize() {
            return data;
        }
    }

    /** Data of a file, with other code run after each piece is read. */
    private record Between(TensorData stored, Runnable code) implements TensorData {
        @Override
        public long byteCount() {
            return stored.byteCount();
        }

        @Override
        public ByteBuffer window(long offset, int length) throws IOException {
            ByteBuffer window = stored.window(offset, length);
            code.run();
            return window;
        }

        @Override
        public boolean isDivisible() {
            return true;
        }

        @Override
        public void transferTo(WritableByteChannel target) {
            throw new UnsupportedOperationException();
        }
    }
}
