package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.graft.Report;
import io.graft.TargetModel;
import io.graft.djl.array.WeightWriter;
import io.graft.djl.modified.FactoredLinear;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.DType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parametrizations on live blocks. */
class ModifiedModelTest {
    private static final Shape INPUT = new Shape(5, 4);

    private Model model;
    private SequentialBlock block;
    private Linear first;
    private Linear second;

    @BeforeEach
    void open() {
        first = Linear.builder().setUnits(3).build();
        second = Linear.builder().setUnits(2).build();
        block = new SequentialBlock().add(first).add(Activation::tanh).add(second);
        model = model(block, INPUT);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void itOpensAsWhatItIs() throws IOException {
        commit(draft -> {
            draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0));
            draft.parametrize("2.weight", "default", Methods.lora(2, 2, 3, 2, 0));
            draft.freeze("0.weight");
        });
        ModelDraft draft = BlockTarget.of(model).draft();
        assertEquals(
                List.of(
                        "0.weight",
                        "0.bias",
                        "2.weight",
                        "2.bias",
                        "0.lora_A.default",
                        "0.lora_B.default",
                        "2.lora_A.default",
                        "2.lora_B.default"),
                draft.tensors().stream().map(DraftTensor::name).toList());
        assertEquals(
                List.of("default"), draft.adapters().stream().map(Adapter::name).toList());
        assertEquals("Linear", draft.tree().moduleType("0"));
        assertEquals(List.of(), draft.changes());
        assertFalse(draft.find("0.weight").orElseThrow().trainable());
        assertTrue(draft.find("0.lora_A.default").orElseThrow().trainable());
        assertEquals("ai.djl.nn.SequentialBlock", BlockTarget.of(model).ref().uri());
        draft.unparametrize("default");
        assertEquals(4, draft.tensors().size());
    }

    @Test
    void aLinearRunsInFactorsInTrainingAsItDoesAsAWhole() throws IOException {
        NDArray plain = forward(false);
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        assertInstanceOf(FactoredLinear.class, block.getChildren().valueAt(0));
        assertSame(second, block.getChildren().valueAt(2));
        NDArray whole = forward(false);
        assertFalse(plain.allClose(whole));
        assertClose(whole, forward(true));
        assertClose(whole, modified(model).folded(), false);
    }

    /** Of one axis, two or more, with a scale, and with another one on top. */
    @Test
    void inputsOfAnyAxesRunInFactors() throws IOException {
        commit(draft -> {
            draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 3, 0));
            draft.parametrize("0.weight", "other", Methods.lora(3, 1, 4, 1, 0));
        });
        for (Shape shape : List.of(new Shape(4), new Shape(5, 4), new Shape(2, 3, 4), new Shape(2, 1, 3, 4))) {
            try (NDManager scope = model.getNDManager().newSubManager()) {
                NDList inputs =
                        new NDList(scope.arange((float) shape.size()).div(10).reshape(shape));
                ParameterStore store = new ParameterStore(scope, false);
                NDArray whole = model.getBlock().forward(store, inputs, false).singletonOrThrow();
                NDArray factored = model.getBlock().forward(store, inputs, true).singletonOrThrow();
                assertEquals(whole.getShape(), factored.getShape());
                assertClose(whole, factored.stopGradient());
            }
        }
    }

    @Test
    void bothWaysTakeTheSameSteps() throws IOException {
        Parametrization lora = Methods.lora(3, 2, 4, 2, 0);
        commit(draft -> adapt(draft, lora, "0"));
        Map<String, Models.Snapshot> before = Models.snapshot(model.getBlock());
        float[] factored = train(model, 10);
        Map<String, Models.Snapshot> after = Models.snapshot(model.getBlock());
        assertEquals(before.get("01Linear_weight"), after.get("01Linear_weight"));
        assertEquals(before.get("03Linear_bias"), after.get("03Linear_bias"));
        assertNotEquals(before.get("0.lora_A.default"), after.get("0.lora_A.default"));
        assertTrue(factored[9] < factored[0]);
        commit(draft -> draft.unparametrize("default"));
        // The very layers, where no factored one can take their place.
        try (Model whole = model(new HeldLayers(first, second), INPUT)) {
            commit(whole, draft -> adapt(draft, lora, "first"));
            assertSame(first, block.getChildren().valueAt(0));
            assertArrayEquals(factored, train(whole, 10), 1e-6f);
        }
    }

    @Test
    void aLayerInTwoPlacesIsExchangedInBoth() throws IOException {
        try (BlockModel tied = Models.open(Tied.class, Map.of(), graftShape(1, 2))) {
            commit(tied.model(), draft -> draft.parametrize("0.weight", "default", Methods.lora(2, 1, 2, 1, 0)));
            Block base = ModifiedBlock.unwrapped(tied.model().getBlock());
            assertInstanceOf(FactoredLinear.class, base.getChildren().valueAt(0));
            assertSame(base.getChildren().valueAt(0), base.getChildren().valueAt(1));
            ModelDraft draft = tied.target().draft();
            assertEquals(
                    draft.find("0.weight").orElseThrow().parametrizations(),
                    draft.find("1.weight").orElseThrow().parametrizations());
            assertEquals(List.of(), tied.target().refusals(Models.plan(tied.target(), draft)));
            commit(tied.model(), again -> again.unparametrize("default"));
            assertSame(base, tied.model().getBlock());
            assertFalse(base.getChildren().valueAt(0) instanceof FactoredLinear);
        }
    }

    @Test
    void aRootThatIsALayerIsComputedAsAWhole() throws IOException {
        try (Model alone = model(Linear.builder().setUnits(2).build(), INPUT)) {
            commit(alone, draft -> draft.parametrize("weight", "default", Methods.lora(2, 1, 4, 1, 0)));
            NDManager manager = alone.getNDManager();
            assertClose(forward(alone.getBlock(), manager, false), forward(alone.getBlock(), manager, true));
        }
    }

    @Test
    void stepsLeaveNoArrayBehind() throws IOException {
        Block convolutions = new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(3, 3))
                        .setFilters(4)
                        .build())
                .add(Blocks.batchFlattenBlock())
                .add(Linear.builder().setUnits(2).build());
        try (Model vision = model(convolutions, new Shape(5, 2, 5, 5))) {
            Parametrization dora = new Methods.Dora(
                    Methods.random(graftShape(2, 18), 1),
                    Methods.random(graftShape(4, 2), 2),
                    Methods.tensor(graftShape(4, 1, 1, 1), index -> 1f),
                    1,
                    2,
                    3);
            Parametrization ia3 = new Methods.Ia3(Methods.tensor(graftShape(1, 36), index -> 1f));
            commit(vision, draft -> {
                adapt(draft, dora, "0");
                draft.parametrize("2.weight", "scaled", ia3);
                draft.parametrize("2.weight", "default", Methods.lora(2, 1, 36, 1, 0.5));
            });
            Map<String, Models.Snapshot> before = Models.snapshot(vision.getBlock());
            try (Trainer trainer = trainer(vision, new Shape(5, 2, 5, 5))) {
                float start = step(trainer, new Shape(5, 2, 5, 5));
                step(trainer, new Shape(5, 2, 5, 5));
                int arrays = vision.getNDManager().getManagedArrays().size();
                float end = 0;
                for (int i = 0; i < 998; i++) {
                    end = step(trainer, new Shape(5, 2, 5, 5));
                }
                assertEquals(arrays, vision.getNDManager().getManagedArrays().size());
                assertTrue(end < start / 2, start + " to " + end);
            }
            Map<String, Models.Snapshot> after = Models.snapshot(vision.getBlock());
            before.forEach((key, snapshot) -> {
                if (key.matches("0\\d[A-Z].*")) {
                    assertEquals(snapshot, after.get(key), key);
                } else {
                    assertNotEquals(snapshot.bits(), after.get(key).bits(), key);
                }
            });
        }
    }

    @Test
    void inputsAreDroppedInTrainingAlone() throws IOException {
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0.5)));
        assertFalse(forward(true).allClose(forward(true)));
        assertEquals(forward(false), forward(false));
    }

    @Test
    void adaptersAreSwitchedAndWeighted() throws IOException {
        NDArray plain = forward(false);
        commit(draft -> {
            draft.parametrize("0.weight", "one", Methods.lora(3, 2, 4, 2, 0));
            draft.parametrize("0.weight", "two", new Methods.Ia3(Methods.random(graftShape(1, 4), 3)));
        });
        NDArray both = forward(false);
        ModifiedModel modified = modified(model);
        modified.activate(Map.of("one", 0.5));
        NDArray half = forward(false);
        assertClose(half, forward(true));
        assertEquals(
                List.of(0.5, 0.0),
                modified.adapters().stream().map(Adapter::weight).toList());
        modified.activate(Map.of());
        assertEquals(plain, forward(false));
        assertEquals(plain, forward(true));
        modified.activate(Map.of("one", 1.0, "two", 1.0));
        assertEquals(both, forward(false));
        assertFalse(both.allClose(half));
        IllegalArgumentException unknown =
                assertThrows(IllegalArgumentException.class, () -> modified.activate(Map.of("three", 1.0)));
        assertEquals("the model has no adapter `three`; it has `one`, `two`", unknown.getMessage());
    }

    @Test
    void inferenceKeepsWeightsUntilSomethingChanges() throws IOException {
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        ModifiedModel modified = modified(model);
        assertEquals(0, modified.cachedBytes());
        NDArray before = forward(false);
        assertEquals(3 * 4 * Float.BYTES, modified.cachedBytes());
        Parameter a = Models.parameter(BlockTarget.of(model), "0.lora_A.default");
        new WeightWriter()
                .write(a.getArray(), Methods.random(graftShape(2, 4), 9).materialize());
        assertEquals(before, forward(false));
        modified.invalidate();
        assertEquals(0, modified.cachedBytes());
        assertNotEquals(before, forward(false));
        forward(true);
        assertEquals(0, modified.cachedBytes());
    }

    @Test
    void manyThreadsInferWhileAdaptersAreSwitched() throws Exception {
        NDArray plain = forward(false);
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        NDArray adapted = forward(false);
        ModifiedModel modified = modified(model);
        Block folded = modified.folded();
        int arrays = model.getNDManager().getManagedArrays().size();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> all = IntStream.range(0, 200)
                    .mapToObj(i -> threads.submit(() -> {
                        if (i % 3 == 0) {
                            modified.activate(i % 2 == 0 ? Map.of() : Map.of("default", 1.0));
                        }
                        try (NDManager scope = model.getNDManager().newSubManager()) {
                            NDArray seen = forward(model.getBlock(), scope, false);
                            NDArray still = forward(folded, scope, false);
                            return (seen.allClose(plain) || seen.allClose(adapted)) && still.allClose(adapted);
                        }
                    }))
                    .toList();
            for (Future<Boolean> one : all) {
                assertTrue(one.get());
            }
        } finally {
            threads.shutdown();
        }
        modified.invalidate();
        // The first forward's weight was kept when the arrays were counted.
        assertEquals(arrays - 1, model.getNDManager().getManagedArrays().size());
    }

    @Test
    void aFoldedBlockStaysAsItWas() throws IOException {
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        NDArray adapted = forward(false);
        ModifiedModel modified = modified(model);
        Block folded = modified.folded();
        modified.activate(Map.of());
        assertClose(adapted, folded, false);
        assertEquals(0, folded.getParameters().size());
        IllegalStateException trained =
                assertThrows(IllegalStateException.class, () -> forward(folded, model.getNDManager(), true));
        assertEquals("a folded model is for inference: train the model that it was made of", trained.getMessage());
        UnsupportedOperationException saved = assertThrows(
                UnsupportedOperationException.class,
                () -> folded.saveParameters(new DataOutputStream(new ByteArrayOutputStream())));
        assertEquals(
                "a folded model has no parameters of its own: fold the adapters in a plan, and save that",
                saved.getMessage());
        folded.clear();
        IllegalStateException closed =
                assertThrows(IllegalStateException.class, () -> forward(folded, model.getNDManager(), false));
        assertEquals("the folded model was closed", closed.getMessage());
    }

    @Test
    void closingFreesWhatGraftMade() throws IOException {
        int arrays = model.getNDManager().getManagedArrays().size();
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        ModifiedModel modified = modified(model);
        modified.folded();
        try (NDManager scope = model.getNDManager().newSubManager()) {
            forward(model.getBlock(), scope, false);
        }
        modified.close();
        assertEquals(arrays, model.getNDManager().getManagedArrays().size());
        IllegalStateException closed = assertThrows(IllegalStateException.class, () -> forward(false));
        assertEquals("the modified model was closed", closed.getMessage());
    }

    @Test
    void rolledBackNothingIsOtherThanBefore() throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        int arrays = model.getNDManager().getManagedArrays().size();
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        draft.assign("2.bias", Methods.random(graftShape(2), 5));
        draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0.1));
        try (TargetModel.Commit commit = target.commit(Models.plan(target, draft))) {
            assertNotEquals(before, Models.snapshot(block));
            assertInstanceOf(FactoredLinear.class, block.getChildren().valueAt(0));
            commit.rollBack();
        }
        assertSame(block, model.getBlock());
        assertSame(first, block.getChildren().valueAt(0));
        assertEquals(before, Models.snapshot(block));
        assertEquals(arrays, model.getNDManager().getManagedArrays().size());
    }

    @Test
    void rolledBackAModifiedBlockIsAsItWas() throws IOException {
        commit(draft -> draft.parametrize("0.weight", "one", Methods.lora(3, 2, 4, 2, 0)));
        Block modified = model.getBlock();
        NDArray before = forward(false);
        Map<String, Models.Snapshot> values = Models.snapshot(modified);
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        draft.unparametrize("one");
        draft.parametrize("2.weight", "two", Methods.lora(2, 1, 3, 1, 0));
        draft.assign("0.bias", Methods.random(graftShape(3), 4));
        try (TargetModel.Commit commit = target.commit(Models.plan(target, draft))) {
            assertSame(first, block.getChildren().valueAt(0));
            commit.rollBack();
        }
        assertSame(modified, model.getBlock());
        assertEquals(values, Models.snapshot(modified));
        assertEquals(before, forward(false));
    }

    @Test
    void takenOffTheBlockIsTheOneFromBefore() throws IOException {
        NDArray before = forward(false);
        int arrays = model.getNDManager().getManagedArrays().size();
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        commit(draft -> draft.unparametrize("default"));
        assertSame(block, model.getBlock());
        assertSame(first, block.getChildren().valueAt(0));
        assertEquals(arrays, model.getNDManager().getManagedArrays().size());
        assertEquals(before, forward(false));
    }

    @Test
    void foldedInAPlanTheWeightsAreTheComputedOnes() throws IOException {
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        NDArray adapted = forward(false);
        commit(draft -> draft.foldAdapter("default"));
        assertSame(block, model.getBlock());
        assertClose(adapted, forward(false));
    }

    @Test
    void aStorageWithAnAdapterOnTopOfIt() throws IOException {
        commit(draft -> draft.parametrize(
                "0.weight",
                new Methods.Int8(
                        Methods.bytes(graftShape(3, 4), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12}),
                        Methods.tensor(graftShape(3, 1), row -> 0.125f * (row + 1)))));
        NDArray stored = forward(false);
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        assertFalse(stored.allClose(forward(false)));
        assertClose(forward(false), forward(true));
        assertFalse(model.getBlock().getParameters().contains("0.weight_codes"));
        assertEquals(
                DType.I8,
                BlockTarget.of(model)
                        .draft()
                        .find("0.weight_codes")
                        .orElseThrow()
                        .dtype());
        modified(model).activate(Map.of());
        assertEquals(stored, forward(false));
    }

    @Test
    void frozenStaysFrozenWhenATrainerIsMade() throws IOException {
        commit(draft -> {
            adapt(draft, Methods.lora(3, 2, 4, 2, 0), "0");
            draft.freeze("0.lora_B.default");
        });
        try (Trainer trainer = trainer(model, INPUT)) {
            step(trainer, INPUT);
            assertEquals(
                    List.of("0.lora_A.default"),
                    model.getBlock().getParameters().stream()
                            .filter(pair -> pair.getValue().requiresGradient())
                            .map(pair -> pair.getKey())
                            .toList());
        }
    }

    @Test
    void itsFileHoldsTheParametrizationsToo() throws Exception {
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0)));
        NDArray adapted = forward(false);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        model.getBlock().saveParameters(new DataOutputStream(file));
        train(model, 3);
        assertFalse(adapted.allClose(forward(false)));
        model.getBlock()
                .loadParameters(
                        model.getNDManager(), new DataInputStream(new ByteArrayInputStream(file.toByteArray())));
        assertClose(adapted, forward(false));
    }

    @Test
    void aBlockOnItsOwnGoesWhereItIsTold() throws IOException {
        Block[] place = {block};
        BlockTarget target = BlockTarget.of(block, now -> place[0] = now);
        ModelDraft draft = target.draft();
        draft.parametrize("0.weight", "default", Methods.lora(3, 2, 4, 2, 0));
        target.commit(Models.plan(target, draft)).close();
        assertEquals(ModifiedBlock.class, place[0].getClass());
        assertEquals(1, target.draft().adapters().size());
    }

    @Test
    void aNativeBlockIsNoProgram(@TempDir Path folder) {
        IllegalStateException refused =
                assertThrows(IllegalStateException.class, () -> modified(model).saveProgram(folder.resolve("saved")));
        assertEquals("a native block is no program: write its state dict, or adapters of it", refused.getMessage());
        assertFalse(Files.exists(folder.resolve("saved")));
    }

    private interface Edit {
        void on(ModelDraft draft);
    }

    private static ModifiedModel modified(Model model) {
        BlockTarget target = BlockTarget.of(model);
        return ModifiedModel.of(target, new Report(Models.plan(target, target.draft()), true, List.of(), List.of()));
    }

    private void commit(Edit edit) throws IOException {
        commit(model, edit);
    }

    private static void commit(Model model, Edit edit) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        edit.on(draft);
        target.commit(Models.plan(target, draft)).close();
    }

    private static void adapt(ModelDraft draft, Parametrization lora, String layer) {
        List.copyOf(draft.tensors()).forEach(tensor -> draft.freeze(tensor.name()));
        draft.parametrize(layer + ".weight", "default", lora);
    }

    private NDArray forward(boolean training) {
        return forward(model.getBlock(), model.getNDManager(), training);
    }

    private static NDArray forward(Block block, NDManager manager, boolean training) {
        NDArray inputs = manager.arange(20f).div(10).reshape(INPUT);
        NDArray output = block.forward(new ParameterStore(manager, false), new NDList(inputs), training)
                .singletonOrThrow();
        return output.stopGradient();
    }

    private void assertClose(NDArray expected, Block other, boolean training) {
        assertClose(expected, forward(other, model.getNDManager(), training));
    }

    private static void assertClose(NDArray expected, NDArray actual) {
        assertArrayEquals(expected.toFloatArray(), actual.toFloatArray(), 2e-6f);
    }

    private static float[] train(Model model, int steps) {
        float[] losses = new float[steps];
        try (Trainer trainer = trainer(model, INPUT)) {
            for (int i = 0; i < steps; i++) {
                losses[i] = step(trainer, INPUT);
            }
        }
        return losses;
    }

    private static Trainer trainer(Model model, Shape input) {
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed(0.05f))
                        .build()));
        trainer.initialize(input);
        return trainer;
    }

    private static float step(Trainer trainer, Shape input) {
        try (NDManager scope = trainer.getManager().newSubManager()) {
            NDArray inputs =
                    scope.arange((float) input.size()).div(input.size()).reshape(input);
            NDArray labels = scope.full(new Shape(input.get(0), 2), 0.5f, DataType.FLOAT32);
            NDArray loss;
            try (GradientCollector collector = trainer.newGradientCollector()) {
                loss = trainer.getLoss().evaluate(new NDList(labels), trainer.forward(new NDList(inputs)));
                collector.backward(loss);
            }
            trainer.step();
            return loss.getFloat();
        }
    }

    private static io.graft.tensor.Shape graftShape(long... dimensions) {
        return io.graft.tensor.Shape.of(dimensions);
    }

    private static Model model(Block block, Shape input) {
        PyTorchEngine.start();
        Model model = Model.newInstance("test", "PyTorch");
        model.setBlock(block);
        block.initialize(model.getNDManager(), DataType.FLOAT32, input);
        return model;
    }
}
