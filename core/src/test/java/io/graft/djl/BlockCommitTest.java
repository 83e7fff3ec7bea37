package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import io.graft.Plan;
import io.graft.TargetModel.Commit;
import io.graft.Totals;
import io.graft.model.ModelDraft;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Provenance;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlockCommitTest {
    private static final Shape ENCODER = Shape.of(3, 4);

    private BlockModel model;
    private BlockTarget target;
    private ModelDraft draft;

    @BeforeEach
    void openModel() {
        model = Models.m43();
        target = model.target();
        draft = target.draft();
    }

    @AfterEach
    void closeModel() {
        model.close();
    }

    @Test
    void valuesAreWrittenInPlaceAndNothingElseChanges() throws IOException {
        NDArray array = Models.parameter(target, "encoder.weight").getArray();
        Map<String, Models.Snapshot> before = Models.snapshot(block());
        draft.assign("encoder.weight", Models.filled(ENCODER, 7));
        commit();

        assertSame(array, Models.parameter(target, "encoder.weight").getArray());
        assertEquals(7f, array.min().getFloat());
        assertEquals(7f, array.max().getFloat());
        Map<String, Models.Snapshot> after = Models.snapshot(block());
        assertNotEquals(before.remove("01encoder_weight"), after.remove("01encoder_weight"));
        assertEquals(before, after);
    }

    @Test
    void flagsReachTheParameterAndItsArray() throws IOException {
        draft.freeze("encoder.weight");
        commit();
        Parameter weight = Models.parameter(target, "encoder.weight");
        assertFalse(weight.requiresGradient());
        assertFalse(weight.getArray().hasGradient());

        draft = target.draft();
        draft.unfreeze("encoder.weight");
        commit();
        assertTrue(weight.requiresGradient());
        assertTrue(weight.getArray().hasGradient());
    }

    @Test
    void aModelThatIsClosedMeanwhileIsTold() {
        draft.assign("encoder.weight", Models.filled(ENCODER, 7));
        Plan plan = Models.plan(target, draft);
        model.close();
        IllegalArgumentException closed = assertThrows(IllegalArgumentException.class, () -> target.commit(plan));
        assertEquals(
                "`encoder.weight` was closed, with the model or the manager that made it: open the model again before it"
                        + " is modified",
                closed.getMessage());
    }

    @Test
    void aRolledBackCommitLeavesEveryBit() throws IOException {
        draft.freeze("decoder.bias");
        commit();
        Map<String, Models.Snapshot> before = Models.snapshot(block());
        draft = target.draft();
        draft.assign("encoder.weight", Models.filled(ENCODER, Float.NaN));
        draft.freeze("encoder.weight");
        draft.unfreeze("decoder.bias");
        try (Commit commit = target.commit(plan())) {
            assertNotEquals(before, Models.snapshot(block()));
            commit.rollBack();
        }
        assertEquals(before, Models.snapshot(block()));
    }

    @Test
    void aFailureHalfWayLeavesEveryBit() {
        Map<String, Models.Snapshot> before = Models.snapshot(block());
        draft.assign("encoder.weight", Models.filled(ENCODER, 7));
        draft.assign("decoder.weight", new Unreadable(Shape.of(2, 3)));
        IOException failure = assertThrows(IOException.class, () -> target.commit(plan()));
        assertEquals(
                "the values of `decoder.weight` cannot be had: java.io.IOException: the disk is gone",
                failure.getMessage());
        assertEquals(before, Models.snapshot(block()));
    }

    @Test
    void aClosedCommitIsFinal() throws IOException {
        Commit commit = target.commit(plan());
        commit.close();
        commit.close();
        IllegalStateException refused = assertThrows(IllegalStateException.class, commit::rollBack);
        assertEquals("the commit is final: it was closed", refused.getMessage());
    }

    @Test
    void tensorsOfTheModelCanBeExchanged() throws IOException {
        Models.fill(target, Fixtures.read("m43/init.safetensors"));
        Map<String, Models.Snapshot> before = Models.snapshot(block());
        try (BlockModel square = Models.open(Square.class, Map.of(), Shape.of(1, 2))) {
            target = square.target();
            draft = target.draft();
            draft.assign("0.weight", Models.filled(Shape.of(2, 2), 1));
            draft.assign("1.weight", Models.filled(Shape.of(2, 2), 2));
            commit();
            draft = target.draft();
            LazyTensor first = draft.find("0.weight").orElseThrow().base();
            LazyTensor second = draft.find("1.weight").orElseThrow().base();
            draft.assign("0.weight", second);
            draft.assign("1.weight", first);
            commit();
            assertEquals(
                    2f, Models.parameter(target, "0.weight").getArray().max().getFloat());
            assertEquals(
                    1f, Models.parameter(target, "1.weight").getArray().max().getFloat());
        }
        assertEquals(before, Models.snapshot(block()));
    }

    @Test
    void aParameterWithTwoNamesIsChangedUnderBoth() throws IOException {
        try (BlockModel tied = Models.open(Tied.class, Map.of(), Shape.of(1, 2))) {
            target = tied.target();
            draft = target.draft();
            draft.freeze("1.weight");
            draft.assign("1.weight", Models.filled(Shape.of(2, 2), 3));
            commit();
            assertFalse(target.draft().find("0.weight").orElseThrow().trainable());
            assertEquals(
                    3f, Models.parameter(target, "0.weight").getArray().min().getFloat());
            assertEquals(
                    new Totals(2, 6, 2, 0, 24),
                    Totals.of(List.copyOf(target.draft().tensors())));
        }
    }

    @Test
    void aCommitWorksOnAnyThread() throws Exception {
        draft.assign("encoder.weight", Models.filled(ENCODER, 7));
        draft.freeze("decoder.weight");
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            Commit commit = target.commit(plan());
            commit.rollBack();
            commit.close();
            target.commit(plan()).close();
            return true;
        });
        run(task);
        Parameter weight = Models.parameter(target, "encoder.weight");
        assertEquals(7f, weight.getArray().min().getFloat());
        assertTrue(weight.getArray().hasGradient());
    }

    /** Why the writer takes the gradient off first: the engine's gradient mode is on in every thread but the one that started it. */
    @Test
    void theEngineRefusesToWriteAnArrayWithGradientOnAnotherThread() {
        NDArray array = Models.parameter(target, "encoder.weight").getArray();
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            try (NDManager scope = array.getManager().newSubManager()) {
                array.set(new ai.djl.ndarray.index.NDIndex("..."), scope.zeros(array.getShape()));
            }
            return true;
        });
        ExecutionException failure = assertThrows(ExecutionException.class, () -> run(task));
        assertTrue(failure.getMessage().contains("a leaf Variable that requires grad"), failure::getMessage);
    }

    @Test
    void gradientsStayThroughACommitAndItsRollBack() throws IOException {
        NDArray array = Models.parameter(target, "encoder.weight").getArray();
        try (GradientCollector collector = Engine.getInstance().newGradientCollector();
                NDArray loss = array.mul(3).sum()) {
            collector.backward(loss);
        }
        draft.assign("encoder.weight", Models.filled(ENCODER, 7));
        try (Commit commit = target.commit(plan())) {
            assertGradientOfThrees(array);
            commit.rollBack();
            assertGradientOfThrees(array);
        }
        commit();
        assertGradientOfThrees(array);
    }

    @Test
    void everyArrayThatACommitMakesIsClosed() throws IOException {
        int before = arrays();
        draft.assign("encoder.weight", Models.filled(ENCODER, 7));
        draft.assign("encoder.bias", draft.find("encoder.bias").orElseThrow().base());
        draft.freeze("decoder.weight");
        try (Commit commit = target.commit(plan())) {
            commit.rollBack();
        }
        commit();
        assertEquals(before, arrays());
    }

    @Test
    void savedValuesLeaveNoFileBehind() throws IOException {
        draft.assign("encoder.weight", Models.filled(ENCODER, 7));
        long before = temporaryFiles();
        Commit commit = target.commit(plan());
        commit.close();
        assertEquals(before, temporaryFiles());
    }

    @Test
    void anEmptyPlanChangesNothing() throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(block());
        long files = temporaryFiles();
        Commit commit = target.commit(plan());
        assertEquals(files, temporaryFiles());
        commit.close();
        assertEquals(before, Models.snapshot(block()));
    }

    @Test
    void aPlanForAnotherModelIsRefused() {
        try (BlockModel other = Models.normalized()) {
            Plan plan = Models.plan(other.target(), other.target().draft());
            IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> target.commit(plan));
            assertEquals(
                    "the plan is for another model: this one has no tensor named `0.weight`", refused.getMessage());
        }
    }

    private static void assertGradientOfThrees(NDArray array) {
        try (NDArray gradient = array.getGradient()) {
            assertEquals(3f, gradient.min().getFloat());
            assertEquals(3f, gradient.max().getFloat());
        }
    }

    private void commit() throws IOException {
        target.commit(plan()).close();
    }

    private Plan plan() {
        return Models.plan(target, draft);
    }

    private Block block() {
        return model.model().getBlock();
    }

    private int arrays() {
        return model.model().getNDManager().getManagedArrays().size();
    }

    private static long temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().matches("graft-.*\\.tensors"))
                    .count();
        }
    }

    private static void run(FutureTask<Boolean> task) throws InterruptedException, ExecutionException {
        Thread thread = new Thread(task, "not the engine's");
        thread.start();
        thread.join();
        task.get();
    }

    private record Unreadable(Shape shape) implements LazyTensor {
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
            return new Provenance.Stored("gone.safetensors", "x");
        }

        @Override
        public TensorData materialize() throws IOException {
            throw new IOException("the disk is gone");
        }
    }
}
