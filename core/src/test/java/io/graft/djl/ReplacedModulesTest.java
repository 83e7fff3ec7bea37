package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import ai.djl.util.PairList;
import io.graft.Plan;
import io.graft.TargetModel.Commit;
import io.graft.djl.forward.BlockModelException;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.modules.DescribedModule;
import io.graft.model.modules.ModuleSource;
import io.graft.model.modules.ModuleTensor;
import io.graft.model.training.TensorKind;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Provenance;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that come to live blocks, and that go. */
class ReplacedModulesTest {
    private static final Shape INPUT = new Shape(5, 4);

    private BlockModel opened;
    private Model model;
    private Block decoder;

    @BeforeEach
    void open() {
        opened = Models.m43();
        model = opened.model();
        decoder = model.getBlock().getChildren().get("02decoder");
    }

    @AfterEach
    void close() {
        opened.close();
    }

    @Test
    void aModuleOfAFactoryTakesThePlaceOfAnother() throws IOException {
        FactoryModule head = head(7, 1);
        assertEquals(
                List.of("scale", "linear.weight", "linear.bias"),
                head.tensors("decoder").stream().map(ModuleTensor::name).toList());
        Map<String, Models.Snapshot> before = Models.snapshot(model.getBlock());
        commit(draft -> draft.replaceModule("decoder", head));
        assertEquals(
                List.of(
                        "encoder.weight",
                        "encoder.bias",
                        "decoder.scale",
                        "decoder.linear.weight",
                        "decoder.linear.bias"),
                names());
        assertInstanceOf(Head.class, model.getBlock().getChildren().get("02decoder"));
        assertArrayEquals(new long[] {5, 7}, forward(model, false));
        assertEquals(
                before.get("01encoder_weight"),
                Models.snapshot(model.getBlock()).get("01encoder_weight"));
        for (ModuleTensor tensor : head.tensors("decoder")) {
            assertArrayEquals(
                    LazyTensors.floats(tensor.initial()), values(model, "decoder." + tensor.name()), tensor.name());
        }
        assertArrayEquals(new float[] {3, 3, 3, 3, 3, 3, 3}, values(model, "decoder.scale"), "the factory's own");
    }

    @Test
    void randomValuesFollowFromSeedAndPlace() throws IOException {
        float[] one = first(head(7, 1), "decoder");
        Engine.getEngine("PyTorch").setRandomSeed(99);
        assertArrayEquals(one, first(head(7, 1), "decoder"));
        assertFalse(Arrays.equals(one, first(head(7, 2), "decoder")));
        assertFalse(Arrays.equals(one, first(head(7, 1), "encoder")));
    }

    @Test
    void aCommitThatIsUndoneLeavesTheVeryObjectsAndNoArray() throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(model.getBlock());
        FactoryModule head = head(7, 1);
        int arrays = arrays();
        try (Commit commit = target().commit(plan(draft -> draft.replaceModule("decoder", head)))) {
            assertNotSame(decoder, model.getBlock().getChildren().get("02decoder"));
            commit.rollBack();
        }
        assertSame(decoder, model.getBlock().getChildren().get("02decoder"));
        assertEquals(before, Models.snapshot(model.getBlock()));
        assertArrayEquals(new long[] {5, 2}, forward(model, false));
        assertEquals(arrays, arrays());
        commit(draft -> draft.replaceModule("decoder", head));
        assertArrayEquals(new long[] {5, 7}, forward(model, false));
    }

    @Test
    void aFailureAfterTheExchangeUndoesIt() throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(model.getBlock());
        int arrays = arrays();
        Plan plan = plan(draft -> {
            draft.replaceModule("decoder", head(7, 1));
            draft.assign("encoder.weight", Models.filled(io.graft.tensor.Shape.of(3, 4), 1));
            draft.assign("decoder.linear.bias", new Unreadable(io.graft.tensor.Shape.of(7)));
        });
        IOException failure = assertThrows(IOException.class, () -> target().commit(plan));
        assertEquals(
                "the values of `decoder.linear.bias` cannot be had: java.io.IOException: gone", failure.getMessage());
        assertSame(decoder, model.getBlock().getChildren().get("02decoder"));
        assertEquals(before, Models.snapshot(model.getBlock()));
        assertEquals(arrays, arrays());
    }

    @Test
    void laterModifiersFillFreezeAndAdaptTheNewModule() throws IOException {
        commit(draft -> {
            draft.freeze("decoder.bias");
            draft.replaceModule("decoder", head(7, 1));
            draft.assign("decoder.linear.weight", Models.filled(io.graft.tensor.Shape.of(7, 3), 2));
            draft.freeze("decoder.linear.bias");
            draft.parametrize("decoder.linear.weight", "default", Methods.lora(7, 2, 3, 2, 0.1));
            draft.parametrize("encoder.weight", "default", Methods.lora(3, 2, 4, 2, 0));
        });
        ModelDraft draft = target().draft();
        assertTrue(draft.find("decoder.linear.lora_A.default").isPresent());
        assertFalse(draft.find("decoder.linear.bias").orElseThrow().trainable());
        assertTrue(draft.find("decoder.scale").orElseThrow().trainable());
        assertEquals(2, values(model, "decoder.linear.weight")[0]);
        assertArrayEquals(new long[] {5, 7}, forward(model, true));
        assertArrayEquals(new long[] {5, 7}, forward(model, false));
    }

    @Test
    void whatIsTakenFromAnotherNewTensorIsWritten() throws IOException {
        FactoryModule head = head(7, 1);
        commit(draft -> {
            draft.replaceModule("decoder", head);
            draft.assign("decoder.linear.bias", head.tensors("decoder").get(0).initial());
        });
        assertArrayEquals(new float[] {3, 3, 3, 3, 3, 3, 3}, values(model, "decoder.linear.bias"));
    }

    @Test
    void parametrizationsGoWithTheModuleThatTheyStoodOn() throws IOException {
        commit(draft -> draft.parametrize("decoder.weight", "default", Methods.lora(2, 2, 3, 2, 0)));
        assertInstanceOf(ModifiedBlock.class, model.getBlock());
        Block adapted = model.getBlock();
        Block factored = ModifiedBlock.unwrapped(adapted).getChildren().get("02decoder");
        Map<String, Models.Snapshot> before = Models.snapshot(adapted);
        try (Commit commit = target().commit(plan(draft -> draft.replaceModule("decoder", head(7, 1))))) {
            commit.rollBack();
        }
        assertSame(adapted, model.getBlock());
        assertSame(factored, ModifiedBlock.unwrapped(adapted).getChildren().get("02decoder"));
        assertEquals(before, Models.snapshot(adapted));
        forward(model, true);
        commit(draft -> draft.replaceModule("decoder", head(7, 1)));
        assertInstanceOf(M43.class, model.getBlock());
        assertEquals(
                List.of(
                        "encoder.weight",
                        "encoder.bias",
                        "decoder.scale",
                        "decoder.linear.weight",
                        "decoder.linear.bias"),
                names());
        assertArrayEquals(new long[] {5, 7}, forward(model, false));
    }

    @Test
    void djlTrainsTheNewModuleAndLeavesWhatIsFrozen(@TempDir Path folder) throws Exception {
        model.setProperty("Epoch", "0");
        model.save(folder, "m43");
        try (Model loaded = Model.newInstance("m43", "PyTorch")) {
            loaded.setBlock(new M43());
            loaded.load(folder, "m43");
            BlockTarget target = BlockTarget.of(loaded);
            ModelDraft draft = target.draft();
            draft.freeze("encoder.weight");
            draft.freeze("encoder.bias");
            draft.replaceModule("decoder", head(7, 1));
            draft.freeze("decoder.scale");
            target.commit(Models.plan(target, draft)).close();
            Map<String, Models.Snapshot> before = Models.snapshot(loaded.getBlock());
            try (Trainer trainer = loaded.newTrainer(new DefaultTrainingConfig(Loss.l2Loss())
                    .optDevices(new Device[] {Device.cpu()})
                    .optOptimizer(Optimizer.adam()
                            .optLearningRateTracker(Tracker.fixed(0.1f))
                            .build()))) {
                trainer.initialize(INPUT);
                try (NDManager scope = trainer.getManager().newSubManager();
                        GradientCollector collector = trainer.newGradientCollector()) {
                    NDList output = trainer.forward(new NDList(scope.ones(INPUT)));
                    collector.backward(output.singletonOrThrow().square().sum());
                }
                trainer.step();
            }
            Map<String, Models.Snapshot> after = Models.snapshot(loaded.getBlock());
            before.forEach((name, snapshot) -> {
                if (snapshot.trainable()) {
                    assertNotEquals(snapshot.bits(), after.get(name).bits(), name);
                } else {
                    assertEquals(snapshot, after.get(name), name);
                }
            });
            assertEquals(
                    2,
                    before.values().stream().filter(Models.Snapshot::trainable).count());
            loaded.setProperty("Epoch", "1");
            loaded.save(folder, "changed");
            try (Model again = Model.newInstance("changed", "PyTorch")) {
                again.setBlock(new M43());
                again.getBlock().initialize(again.getNDManager(), DataType.FLOAT32, INPUT);
                BlockTarget same = BlockTarget.of(again);
                ModelDraft next = same.draft();
                next.replaceModule("decoder", head(7, 9));
                same.commit(Models.plan(same, next)).close();
                again.load(folder, "changed");
                assertArrayEquals(values(loaded, "decoder.linear.weight"), values(again, "decoder.linear.weight"));
                assertArrayEquals(new long[] {5, 7}, forward(again, false));
            }
        }
    }

    @Test
    void aLinearIsKnownByItsTensors() throws IOException {
        DescribedModule linear = linear("", 6, 3, DType.F32);
        commit(draft -> draft.replaceModule("decoder", linear));
        assertEquals(
                Linear.class, model.getBlock().getChildren().get("02decoder").getClass());
        assertArrayEquals(new long[] {5, 6}, forward(model, false));
        for (ModuleTensor tensor : linear.tensors("decoder")) {
            assertArrayEquals(
                    LazyTensors.floats(tensor.initial()), values(model, "decoder." + tensor.name()), tensor.name());
        }
    }

    @Test
    void twoModelsThatShareAChildPartWhereOneIsChanged() throws IOException {
        SequentialBlock other = new SequentialBlock().add(decoder);
        commit(draft -> draft.replaceModule("decoder", head(7, 1)));
        assertSame(decoder, other.getChildren().valueAt(0));
        try (NDManager scope = model.getNDManager().newSubManager()) {
            assertEquals(
                    new Shape(1, 2),
                    other.forward(new ParameterStore(scope, false), new NDList(scope.ones(new Shape(1, 3))), false)
                            .singletonOrThrow()
                            .getShape());
        }
    }

    @Test
    void aModelThatDoesNotRunWithItIsAsItWas() {
        int arrays = arrays();
        IllegalArgumentException failure = assertThrows(
                IllegalArgumentException.class,
                () -> target().commit(
                                plan(draft -> draft.replaceModule("encoder", linear("Linear", 9, 4, DType.F32)))));
        assertTrue(
                failure.getMessage().startsWith("the model does not run with `encoder` changed: "),
                failure::getMessage);
        assertArrayEquals(new long[] {5, 2}, forward(model, false));
        assertEquals(arrays, arrays());
    }

    @Test
    void listsTakeOneMoreAndGiveTheLast() throws IOException {
        try (Model list = list()) {
            Block first = list.getBlock().getChildren().valueAt(0);
            BlockTarget target = BlockTarget.of(list);
            ModelDraft draft = target.draft();
            draft.removeModule("2");
            draft.addModule("2", linear("Linear", 3, 3, DType.F32));
            draft.addModule("3", head(2, 1));
            Plan plan = Models.plan(target, draft);
            try (Commit commit = target.commit(plan)) {
                assertEquals(
                        List.of("01Linear", "02LambdaBlock", "03Linear", "04Head"),
                        list.getBlock().getChildren().keys());
                commit.rollBack();
            }
            assertEquals(
                    List.of("01Linear", "02LambdaBlock", "03Linear"),
                    list.getBlock().getChildren().keys());
            target.commit(plan).close();
            assertSame(first, list.getBlock().getChildren().valueAt(0));
            assertArrayEquals(new long[] {5, 2}, forward(list, false));
            ModelDraft less = target.draft();
            less.removeModule("3");
            less.removeModule("2");
            target.commit(Models.plan(target, less)).close();
            assertEquals(
                    List.of("01Linear", "02LambdaBlock"),
                    list.getBlock().getChildren().keys());
            assertArrayEquals(new long[] {5, 3}, forward(list, false));
        }
    }

    @Test
    void whatWouldNotBeRunIsRefused() {
        assertRefused(
                "only a SequentialBlock or a ParallelBlock that stands in one place runs whatever children it has: add"
                        + " `lam` in a M43",
                "replace the module around it by one whose forward calls what it is to call",
                draft -> draft.addModule("lam", head(2, 1)));
        assertRefused(
                "only a SequentialBlock or a ParallelBlock that stands in one place runs whatever children it has: remove"
                        + " `decoder` in a M43",
                "replace the module around it by one whose forward calls what it is to call",
                draft -> draft.removeModule("decoder"));
    }

    @Test
    void whatCannotBeMadeIsRefused() {
        assertRefused(
                "a block needs a module that can be run, and tensors alone do not tell how: `decoder` from Bilinear",
                "name a block factory for it (a Linear is known by its weight and bias)",
                draft -> draft.replaceModule("decoder", linear("Bilinear", 2, 3, DType.F32)));
        assertRefused(
                "a block needs a module that can be run, and tensors alone do not tell how: `decoder` from tensors",
                "name a block factory for it (a Linear is known by its weight and bias)",
                draft -> draft.replaceModule("decoder", linear("", 2, 3, DType.BF16)));
    }

    @Test
    void whatIsInANewModuleIsItsSourcesBusiness() {
        assertRefused(
                "a block cannot change what is in a module that the same plan brings: `decoder.linear`",
                "let the source of that module have it, or do it in a second run",
                draft -> {
                    draft.replaceModule("decoder", head(2, 1));
                    draft.replaceModule("decoder.linear", linear("Linear", 2, 3, DType.F32));
                });
        assertRefused(
                "a block cannot drop its tensors: `decoder.linear.bias`",
                "remove them in a checkpoint (`model.checkpoint`), or use a block without them",
                draft -> {
                    draft.replaceModule("decoder", head(2, 1));
                    draft.remove("decoder.linear.bias");
                });
        assertRefused(
                "a block keeps the dtypes that it was initialized with: `decoder.scale` from F32 to F16",
                "cast in a checkpoint (`model.checkpoint`), or initialize the block with that dtype",
                draft -> {
                    draft.replaceModule("decoder", head(2, 1));
                    draft.cast("decoder.scale", DType.F16);
                });
    }

    @Test
    void theLastOneCountsOfSeveral() throws IOException {
        commit(draft -> {
            draft.replaceModule("decoder", head(7, 1));
            draft.replaceModule("decoder.linear", linear("Linear", 7, 3, DType.F32));
            draft.replaceModule("decoder", linear("Linear", 4, 3, DType.F32));
        });
        assertArrayEquals(new long[] {5, 4}, forward(model, false));
    }

    @Test
    void aBlockInTwoPlacesStays() {
        try (BlockModel tied = Models.open(Tied.class, Map.of(), io.graft.tensor.Shape.of(1, 2))) {
            ModelDraft draft = tied.target().draft();
            draft.replaceModule("1", linear("Linear", 2, 2, DType.F32));
            List<Problem> refusals = tied.target().refusals(Models.plan(tied.target(), draft));
            assertEquals(
                    "a block that stands in several places cannot be exchanged in one of them: `1` is also `0`",
                    refusals.get(0).message());
            assertEquals(
                    "give the block's class a block for each", refusals.get(0).help());
        }
    }

    @Test
    void aFieldThatCannotHoldItIsNamed() {
        try (Model typed = Model.newInstance("typed", "PyTorch")) {
            typed.setBlock(new Typed());
            typed.getBlock().initialize(typed.getNDManager(), DataType.FLOAT32, INPUT);
            BlockTarget target = BlockTarget.of(typed);
            ModelDraft draft = target.draft();
            draft.replaceModule("only", head(7, 1));
            List<Problem> refusals = target.refusals(Models.plan(target, draft));
            assertEquals(
                    "a module cannot be exchanged in every place that holds it: `only` (`Typed.only` is declared as Linear"
                            + " and cannot hold a Head)",
                    refusals.get(0).message());
            assertEquals(
                    "declare what holds it as a Block, not final and in no record, or make the whole model with the new"
                            + " module",
                    refusals.get(0).help());
            assertEquals(1, refusals.size());
        }
    }

    @Test
    void aFactoryWhoseModuleSharesAParameterIsRefused() {
        BlockModelException refused = assertThrows(
                BlockModelException.class,
                () -> FactoryModule.of(
                        new BlockSource(
                                Tied.class.getName(), Path.of("."), Map.of(), List.of(io.graft.tensor.Shape.of(1, 2))),
                        0,
                        getClass().getClassLoader()));
        assertEquals(
                "`io.graft.djl.Tied` makes a module in which `0.weight` and `1.weight` are one parameter",
                refused.detail());
    }

    /** A field that holds one kind of layer alone. */
    private static final class Typed extends AbstractBlock {
        private final Linear only =
                addChildBlock("only", Linear.builder().setUnits(2).build());

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return only.forward(store, inputs, training);
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return only.getOutputShapes(inputs);
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType dataType, Shape... inputs) {
            only.initialize(manager, dataType, inputs);
        }
    }

    private record Unreadable(io.graft.tensor.Shape shape) implements LazyTensor {
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
            throw new IOException("gone");
        }
    }

    private static Model list() {
        Model list = Model.newInstance("list", "PyTorch");
        list.setBlock(new SequentialBlock()
                .add(Linear.builder().setUnits(3).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(2).build()));
        list.getBlock().initialize(list.getNDManager(), DataType.FLOAT32, INPUT);
        return list;
    }

    private static FactoryModule head(int units, long seed) {
        return FactoryModule.of(
                new BlockSource(
                        Head.Factory.class.getName(),
                        Path.of("."),
                        Map.of("units", units),
                        List.of(io.graft.tensor.Shape.of(1, 3))),
                seed,
                ReplacedModulesTest.class.getClassLoader());
    }

    private static DescribedModule linear(String type, long out, long in, DType dtype) {
        Map<String, DescribedModule.Tensor> tensors = new LinkedHashMap<>();
        tensors.put(
                "weight",
                new DescribedModule.Tensor(
                        TensorKind.PARAMETER, dtype, io.graft.tensor.Shape.of(out, in), Optional.empty()));
        tensors.put(
                "bias",
                new DescribedModule.Tensor(
                        TensorKind.PARAMETER,
                        dtype,
                        io.graft.tensor.Shape.of(out),
                        Optional.of(Initializer.parse("constant(0.25)"))));
        return new DescribedModule(type, 0, tensors);
    }

    private static float[] first(ModuleSource source, String path) throws IOException {
        return LazyTensors.floats(source.tensors(path).get(1).initial());
    }

    private BlockTarget target() {
        return BlockTarget.of(model);
    }

    private Plan plan(Consumer<ModelDraft> edits) {
        ModelDraft draft = target().draft();
        edits.accept(draft);
        Plan plan = Models.plan(target(), draft);
        assertEquals(List.of(), target().refusals(plan));
        return plan;
    }

    private void commit(Consumer<ModelDraft> edits) throws IOException {
        target().commit(plan(edits)).close();
    }

    private void assertRefused(String message, String help, Consumer<ModelDraft> edits) {
        ModelDraft draft = target().draft();
        edits.accept(draft);
        Plan plan = Models.plan(target(), draft);
        List<Problem> refusals = target().refusals(plan);
        assertEquals(message, refusals.get(0).message());
        assertEquals(help, refusals.get(0).help());
        assertEquals(1, refusals.size());
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> target().commit(plan))
                        .getMessage());
        assertSame(decoder, model.getBlock().getChildren().get("02decoder"));
    }

    private List<String> names() {
        return target().draft().tensors().stream().map(DraftTensor::name).toList();
    }

    private static float[] values(Model of, String name) {
        return Models.parameter(BlockTarget.of(of), name).getArray().toFloatArray();
    }

    /** The output's dimensions. */
    private static long[] forward(Model of, boolean training) {
        try (NDManager scope = of.getNDManager().newSubManager()) {
            return of.getBlock()
                    .forward(new ParameterStore(scope, false), new NDList(scope.ones(INPUT)), training)
                    .singletonOrThrow()
                    .getShape()
                    .getShape();
        }
    }

    private int arrays() {
        return model.getNDManager().getManagedArrays().size();
    }
}
