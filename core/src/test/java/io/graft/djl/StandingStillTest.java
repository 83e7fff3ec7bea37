package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import io.graft.TargetModel;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.run.PyTorchEngine;
import io.graft.djl.swap.StillBlocks;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.Problem;
import io.graft.torchscript.Archives;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is frozen does not drop out and keeps its statistics while the rest is trained. G18 of the reference scenarios. */
class StandingStillTest {
    private static final Shape INPUT = new Shape(8, 4);

    private final Encoder encoder = new Encoder();
    private final Net net = new Net(encoder);
    private Model model;

    @BeforeEach
    void open() {
        model = model(net);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void aFrozenPartComputesAsInInferenceAndKeepsItsStatistics() throws IOException {
        commit(draft -> freeze(draft, "encoder"));
        Map<String, Models.Snapshot> before = Models.snapshot(net);
        try (Trainer trainer = trainer(model)) {
            step(trainer);
            step(trainer);
        }
        Map<String, Models.Snapshot> after = Models.snapshot(net);
        assertEquals(of(before, "encoder"), of(after, "encoder"));
        assertNotEquals(of(before, "head"), of(after, "head"));
        assertEquals(forward(true), forward(false));
        assertEquals("Encoder", BlockTarget.of(model).draft().tree().moduleType("encoder"));
    }

    @Test
    void whatIsTrainedInPartMovesAsAWhole() throws IOException {
        commit(draft -> draft.freeze("encoder.0.weight"));
        Map<String, Models.Snapshot> before = Models.snapshot(net);
        assertNotEquals(forward(true), forward(true));
        assertNotEquals(of(before, "BatchNorm"), of(Models.snapshot(net), "BatchNorm"));
        assertSame(encoder, net.encoder);
    }

    @Test
    void gradientsFlowThroughIt() throws IOException {
        SequentialBlock chain = new SequentialBlock()
                .add(Linear.builder().setUnits(4).build())
                .add(new Encoder())
                .add(Linear.builder().setUnits(2).build());
        try (Model deep = model(chain)) {
            BlockTarget target = BlockTarget.of(deep);
            commit(target, draft -> freeze(draft, "1"));
            Models.Snapshot first = Models.Snapshot.of(Models.parameter(target, "0.weight"));
            try (Trainer trainer = trainer(deep)) {
                step(trainer);
            }
            assertNotEquals(first, Models.Snapshot.of(Models.parameter(target, "0.weight")));
        }
    }

    @Test
    void whatIsTrainedAgainIsTheVeryObject() throws IOException {
        commit(draft -> freeze(draft, "encoder"));
        assertNotSame(encoder, net.encoder);
        assertNotSame(encoder, net.getChildren().valueAt(0));
        assertTrue(net.encoder.getClass().isHidden());
        commit(draft -> draft.unfreeze("encoder.0.bias"));
        assertSame(encoder, net.encoder);
        assertSame(encoder, net.getChildren().valueAt(0));
        assertNotEquals(forward(true), forward(true));
    }

    @Test
    void aPartOfWhatIsTrainedAgainMayStandStill() throws IOException {
        Outer outer = new Outer();
        try (Model deep = model(outer)) {
            BlockTarget target = BlockTarget.of(deep);
            Inner inner = outer.inner;
            Block norm = inner.norm;
            commit(target, draft -> freeze(draft, "inner"));
            assertNotSame(inner, outer.inner);
            commit(target, draft -> draft.unfreeze("inner.last.weight"));
            assertSame(inner, outer.inner);
            assertNotSame(norm, outer.inner.norm);
            assertSame(outer.inner.norm, outer.inner.getChildren().valueAt(0));
            commit(target, draft -> draft.unfreeze("inner.norm.weight"));
            assertSame(norm, outer.inner.norm);
        }
    }

    @Test
    void aProgramInABlockStandsStillAndGradientsFlowThroughIt() throws Exception {
        Path file = Archives.path("torchscript/models/normed");
        try (Model loaded = Model.newInstance("normed", PyTorchEngine.start().getEngineName())) {
            loaded.load(file.getParent(), "normed.pt", Map.of("trainParam", "true"));
            Block program = loaded.getBlock();
            SequentialBlock net = new SequentialBlock()
                    .add(Linear.builder().setUnits(4).build())
                    .add(program)
                    .add(Linear.builder().setUnits(2).build());
            try (Model deep = model(net)) {
                BlockTarget target = BlockTarget.of(deep);
                commit(target, draft -> freeze(draft, "1"));
                Block still = net.getChildren().valueAt(1);
                assertNotSame(program, still);
                assertSame(program.getClass(), StillBlocks.type(still));
                float[] before = forward(deep, true);
                assertArrayEquals(before, forward(deep, true));
                assertArrayEquals(before, forward(deep, false));
                Map<String, Models.Snapshot> all = Models.snapshot(net);
                try (Trainer trainer = trainer(deep)) {
                    step(trainer);
                }
                all.forEach((name, value) -> {
                    boolean moved = !value.equals(Models.snapshot(net).get(name));
                    assertEquals(
                            !name.contains("Symbol") && !name.contains("fc") && !name.contains("norm"), moved, name);
                });
                assertArrayEquals(forward(deep, true), forward(deep, false));

                commit(target, draft -> draft.unfreeze("1.fc.weight"));
                assertSame(program, net.getChildren().valueAt(1));
                assertFalse(Arrays.equals(forward(deep, true), forward(deep, true)));
                assertArrayEquals(forward(deep, false), forward(deep, false));
            }
        }
    }

    private static float[] forward(Model model, boolean training) {
        NDManager manager = model.getNDManager();
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(input(manager)), training)
                .singletonOrThrow()
                .toFloatArray();
    }

    @Test
    void rolledBackItIsTheVeryObject() throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(net);
        int arrays = model.getNDManager().getManagedArrays().size();
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        freeze(draft, "encoder");
        try (TargetModel.Commit commit = target.commit(Models.plan(target, draft))) {
            assertNotSame(encoder, net.encoder);
            commit.rollBack();
        }
        assertSame(net, model.getBlock());
        assertSame(encoder, net.encoder);
        assertSame(encoder, net.getChildren().valueAt(0));
        assertEquals(before, Models.snapshot(net));
        assertEquals(arrays, model.getNDManager().getManagedArrays().size());
    }

    @Test
    void anAdapterThatIsTrainedKeepsItsLayerMoving() throws IOException {
        commit(draft -> {
            freeze(draft, "encoder");
            draft.parametrize("encoder.0.weight", "default", Methods.lora(4, 2, 4, 1, 0));
        });
        assertSame(encoder, net.encoder);
        assertNotEquals(forward(true), forward(true));
    }

    @Test
    void layersThatAreTheSameInTrainingStayTheSameObjects() throws IOException {
        Linear linear = Linear.builder().setUnits(2).build();
        SequentialBlock chain = new SequentialBlock()
                .add(linear)
                .add(Linear.builder().setUnits(2).build());
        try (Model plain = model(chain)) {
            commit(BlockTarget.of(plain), draft -> freeze(draft, "0"));
            assertSame(linear, chain.getChildren().valueAt(0));
        }
    }

    @Test
    void aFinalClassIsNamedAndNothingChanges() {
        SequentialBlock chain = new SequentialBlock()
                .add(new Sealed())
                .add(Linear.builder().setUnits(2).build());
        try (Model closed = model(chain)) {
            BlockTarget target = BlockTarget.of(closed);
            ModelDraft draft = target.draft();
            freeze(draft, "0");
            assertEquals(
                    List.of(
                            "a frozen part cannot be kept from dropping out and from updating its statistics in training:"
                                    + " `0` (class Sealed is final, so that none can stand in for it)"),
                    target.refusals(Models.plan(target, draft)).stream()
                            .map(Problem::message)
                            .toList());
            Map<String, Models.Snapshot> before = Models.snapshot(chain);
            assertThrows(IllegalArgumentException.class, () -> target.commit(Models.plan(target, draft)));
            assertEquals(before, Models.snapshot(chain));
            assertSame(chain, closed.getBlock());
        }
    }

    @Test
    void frozenAsAWholeABlockIsWrapped() throws IOException {
        commit(draft -> freeze(draft, ""));
        assertTrue(model.getBlock() instanceof ModifiedBlock);
        assertSame(encoder, net.encoder);
        assertEquals(forward(true), forward(false));
        commit(draft -> draft.unfreeze("head.weight"));
        assertNotSame(encoder, net.encoder);
        assertEquals(forward(true), forward(false));
    }

    @Test
    void frozenAsAWholeABlockWithoutAPlaceIsRefused() {
        BlockTarget target = BlockTarget.of(net);
        ModelDraft draft = target.draft();
        freeze(draft, "");
        assertEquals(
                List.of(
                        "a frozen part cannot be kept from dropping out and from updating its statistics in training: Net"
                                + " (it is frozen as a whole, and nothing takes the block that would wrap it)"),
                target.refusals(Models.plan(target, draft)).stream()
                        .map(Problem::message)
                        .toList());
    }

    @Test
    void labelsReachWhatIsTrained() throws IOException {
        commit(draft -> freeze(draft, "encoder"));
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDList output = model.getBlock()
                    .forward(
                            new ParameterStore(scope, false), new NDList(input(scope)), new NDList(input(scope)), null);
            assertEquals(forward(false), output.singletonOrThrow());
            assertTrue(net.labelled);
        }
    }

    @Test
    void frozenStaysFrozenThroughSaveAndLoad(@TempDir Path folder) throws Exception {
        commit(draft -> freeze(draft, "encoder"));
        model.save(folder, "net");
        Models.Snapshot saved = Models.snapshot(net).get("01encoder_01Linear_weight");
        model.load(folder, "net");
        try (Trainer trainer = trainer(model)) {
            step(trainer);
        }
        assertEquals(saved, Models.snapshot(net).get("01encoder_01Linear_weight"));
        assertEquals(
                List.of("head.weight", "head.bias"),
                BlockTarget.of(model).draft().tensors().stream()
                        .filter(DraftTensor::trainable)
                        .map(DraftTensor::name)
                        .toList());
    }

    @Test
    void aFileTellsWhatIsTrainedToABlockThatWasModifiedOtherwise(@TempDir Path folder) throws Exception {
        commit(draft -> freeze(draft, "encoder"));
        model.save(folder, "net");
        commit(draft -> {
            draft.freeze("head.weight");
            draft.unfreeze("encoder.0.weight");
        });
        model.load(folder, "net");
        assertFalse(Models.parameter(BlockTarget.of(model), "encoder.0.weight").requiresGradient());
        Parameter head = Models.parameter(BlockTarget.of(model), "head.weight");
        assertTrue(head.requiresGradient());
        assertTrue(head.getArray().hasGradient());
    }

    @Test
    void whoeverAsksForItTrainsWhatWasFrozen() throws IOException {
        commit(draft -> freeze(draft, "encoder"));
        model.getBlock()
                .freezeParameters(false, parameter -> parameter.getName().equals("weight"));
        assertTrue(Models.parameter(BlockTarget.of(model), "encoder.0.weight").requiresGradient());
    }

    private static Map<String, Models.Snapshot> of(Map<String, Models.Snapshot> values, String part) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().contains(part))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, TreeMap::new));
    }

    private static void freeze(ModelDraft draft, String module) {
        draft.tensors().stream()
                .filter(tensor -> tensor.name().startsWith(module) && tensor.trainable())
                .map(DraftTensor::name)
                .toList()
                .forEach(draft::freeze);
    }

    private void commit(Consumer<ModelDraft> edits) throws IOException {
        commit(BlockTarget.of(model), edits);
    }

    private static void commit(BlockTarget target, Consumer<ModelDraft> edits) throws IOException {
        ModelDraft draft = target.draft();
        edits.accept(draft);
        target.commit(Models.plan(target, draft)).close();
    }

    private NDArray forward(boolean training) {
        NDManager manager = model.getNDManager();
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(input(manager)), training)
                .singletonOrThrow();
    }

    private static NDArray input(NDManager manager) {
        return manager.arange(32f).reshape(8, 4).div(10).sin();
    }

    private static Model model(Block block) {
        Engine engine = PyTorchEngine.start();
        engine.setRandomSeed(1);
        Model model = Model.newInstance("test", engine.getEngineName());
        model.setBlock(block);
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        return model;
    }

    private static Trainer trainer(Model model) {
        Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                .optOptimizer(Optimizer.sgd()
                        .setLearningRateTracker(Tracker.fixed(0.1f))
                        .build()));
        trainer.initialize(INPUT);
        return trainer;
    }

    private static void step(Trainer trainer) {
        try (NDManager scope = trainer.getManager().newSubManager();
                GradientCollector collector = trainer.newGradientCollector()) {
            NDList output = trainer.forward(new NDList(input(scope)));
            collector.backward(output.singletonOrThrow().square().sum());
        }
        trainer.step();
    }

    /** Holds its parts in fields of their own classes. */
    static class Net extends AbstractBlock {
        private final Encoder encoder;
        private final Linear head;
        private boolean labelled;

        Net(Encoder encoder) {
            this.encoder = addChildBlock("encoder", encoder);
            this.head = addChildBlock("head", Linear.builder().setUnits(2).build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return head.forward(store, encoder.forward(store, inputs, training), training);
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList data, NDList labels, PairList<String, Object> params) {
            labelled = true;
            return head.forward(store, encoder.forward(store, data, labels, params), true);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(inputs[0].get(0), 2)};
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            encoder.initialize(manager, dataType, inputs);
            head.initialize(manager, dataType, inputs);
        }
    }

    static class Encoder extends SequentialBlock {
        Encoder() {
            add(Linear.builder().setUnits(4).build());
            add(BatchNorm.builder().build());
            add(Dropout.builder().optRate(0.5f).build());
        }
    }

    /** Of a part that holds a norm in a field of its own. */
    static class Outer extends AbstractBlock {
        private final Inner inner = addChildBlock("inner", new Inner());
        private final Linear head =
                addChildBlock("head", Linear.builder().setUnits(2).build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return head.forward(store, inner.forward(store, inputs, training), training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape(inputs[0].get(0), 2)};
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            inner.initialize(manager, dataType, inputs);
            head.initialize(manager, dataType, inputs);
        }
    }

    static class Inner extends AbstractBlock {
        private final BatchNorm norm = addChildBlock("norm", BatchNorm.builder().build());
        private final Linear last =
                addChildBlock("last", Linear.builder().setUnits(4).build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return last.forward(store, norm.forward(store, inputs, training), training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            norm.initialize(manager, dataType, inputs);
            last.initialize(manager, dataType, inputs);
        }
    }

    static final class Sealed extends Encoder {}
}
