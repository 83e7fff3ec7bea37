package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import ai.djl.util.PairList;
import io.graft.NamedTensor;
import io.graft.djl.forward.BlockModelException;
import io.graft.model.ModelDraft;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Block factories that fail, or that give other blocks than they should. */
class BadFactoriesTest {
    private static final String FACTORY = "`" + Scripted.class.getName() + "`";
    private static final BlockSource SOURCE =
            new BlockSource(Scripted.class.getName(), Path.of("."), Map.of(), List.of(io.graft.tensor.Shape.of(5, 3)));

    /** Gives what a test says. */
    public static final class Scripted implements BlockFactory {
        private static final long serialVersionUID = 1L;

        private static Supplier<Block> script = () -> null;

        @Override
        public Block newBlock(Model model, Path folder, Map<String, ?> arguments) {
            return script.get();
        }
    }

    /** Does what a test says when it is run, and when it is initialized. */
    private static final class Odd extends AbstractBlock {
        private final Supplier<NDList> forward;
        private final Runnable initialize;

        Odd(Supplier<NDList> forward, Runnable initialize) {
            this.forward = forward;
            this.initialize = initialize;
            addParameter(Parameter.builder()
                    .setName("weight")
                    .setType(Parameter.Type.OTHER)
                    .optInitializer(Initializer.ONES)
                    .optShape(new Shape(2))
                    .build());
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> params) {
            return forward.get();
        }

        @Override
        protected void initializeChildBlocks(NDManager manager, DataType type, Shape... inputs) {
            initialize.run();
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return inputs;
        }
    }

    @AfterEach
    void forget() {
        Scripted.script = () -> null;
    }

    @Test
    void aFactoryThatThrowsAnErrorIsQuoted() {
        assertRefused(
                "arguments",
                FACTORY + " made no block: AssertionError: no layers",
                "check the arguments that it needs",
                () -> open(BadFactoriesTest::fail));
        assertRefused(
                "arguments",
                FACTORY + " made no block: StackOverflowError",
                "check the arguments that it needs",
                () -> open(BadFactoriesTest::endless));
    }

    private static Block fail() {
        throw new AssertionError("no layers");
    }

    private static Block endless() {
        throw new StackOverflowError();
    }

    @Test
    void aFactoryThatReturnsNullIsTold() {
        assertRefused(
                "block-factory",
                FACTORY + " made no block: it returned null",
                "let it return one",
                () -> open(() -> null));
    }

    @Test
    void aBlockThatFailsWhenItIsInitializedIsQuoted() {
        assertRefused(
                "input-shapes",
                "the block cannot be initialized with [[5, 3]]: AssertionError: no layers",
                "give one shape for each input, with the batch dimension: [[1, 3, 224, 224]]",
                () -> open(() -> new Odd(NDList::new, BadFactoriesTest::fail)));
    }

    @Test
    void aBlockThatAFactoryReturnsTwiceIsTold() throws IOException {
        Linear one = linear(2);
        open(() -> one).close();
        assertRefused(
                "block-factory",
                FACTORY + " returned a block again whose values went with an earlier model",
                "let it make a new block each time",
                () -> open(() -> one));
    }

    @Test
    void aBlockThatGivesNoArraysIsTold() {
        assertFails(
                "the block fails on the inputs: AssertionError: no layers",
                "check their shapes and dtypes against the block's `input-shapes`",
                () -> new NDList(fail().forward(null, null, false)));
        assertFails(
                "the block fails on the inputs: StackOverflowError",
                "check their shapes and dtypes against the block's `input-shapes`",
                () -> new NDList(endless().forward(null, null, false)));
        assertFails("the block gives null in place of an array", "let its `forwardInternal` give arrays", () -> null);
        assertFails(
                "the block gives null in place of an array",
                "let its `forwardInternal` give arrays",
                () -> new NDList((NDArray) null));
    }

    private static void assertFails(String detail, String help, Supplier<NDList> forward) {
        NamedTensor input =
                new NamedTensor("0", DType.F32, io.graft.tensor.Shape.of(5, 3), TensorData.of(ByteBuffer.allocate(60)));
        try (BlockModel model = open(() -> new Odd(forward, () -> {}))) {
            int arrays = model.model().getNDManager().getManagedArrays().size();
            assertRefused(
                    "inputs",
                    detail,
                    help,
                    () -> model.target().forward().orElseThrow().run(List.of(input)));
            assertEquals(arrays, model.model().getNDManager().getManagedArrays().size());
        }
    }

    /** The plan has told of the first. */
    @Test
    void aFactoryThatMakesAnotherModuleLaterIsTold() throws IOException {
        AtomicInteger units = new AtomicInteger(7);
        Scripted.script = () -> linear(units.getAndIncrement());
        try (BlockModel model = Models.m43()) {
            Map<String, Models.Snapshot> before = Models.snapshot(model.model().getBlock());
            Block decoder = model.model().getBlock().getChildren().get("02decoder");
            int arrays = model.model().getNDManager().getManagedArrays().size();
            FactoryModule module = module();
            String help = "let it make the same each time that it gets the same arguments";
            assertRefused(
                    "block-factory",
                    FACTORY + " made a module with `weight` F32 [8, 3], `bias` F32 [8],"
                            + " and one with `weight` F32 [7, 3], `bias` F32 [7] before",
                    help,
                    () -> replaceDecoder(model, module));
            assertRefused(
                    "block-factory",
                    FACTORY + " made a module with `weight` F32 [9, 3], `bias` F32 [9],"
                            + " and one with `weight` F32 [7, 3], `bias` F32 [7] before",
                    help,
                    () -> LazyTensors.floats(module.tensors("decoder").get(0).initial()));
            assertAsBefore(model, before, decoder, arrays);
        }
    }

    @Test
    void aFactoryThatFailsOnlyWhenAPlanIsCarriedOutLeavesTheModel() throws IOException {
        AtomicInteger made = new AtomicInteger();
        Scripted.script = () -> made.getAndIncrement() == 0 ? linear(7) : fail();
        try (BlockModel model = Models.m43()) {
            Map<String, Models.Snapshot> before = Models.snapshot(model.model().getBlock());
            Block decoder = model.model().getBlock().getChildren().get("02decoder");
            int arrays = model.model().getNDManager().getManagedArrays().size();
            FactoryModule module = module();
            assertRefused(
                    "arguments",
                    FACTORY + " made no block: AssertionError: no layers",
                    "check the arguments that it needs",
                    () -> replaceDecoder(model, module));
            assertAsBefore(model, before, decoder, arrays);
        }
    }

    /** The engine is asked to run the model once with the module in it. */
    @Test
    void aModuleThatFailsWhenTheModelIsTriedLeavesTheModel() throws IOException {
        Scripted.script = () -> new Odd(() -> new NDList(fail().forward(null, null, false)), () -> {});
        try (BlockModel model = Models.m43()) {
            Map<String, Models.Snapshot> before = Models.snapshot(model.model().getBlock());
            Block decoder = model.model().getBlock().getChildren().get("02decoder");
            int arrays = model.model().getNDManager().getManagedArrays().size();
            FactoryModule module = module();
            assertEquals(
                    "the model does not run with `decoder` changed: AssertionError: no layers",
                    assertThrows(IllegalArgumentException.class, () -> replaceDecoder(model, module))
                            .getMessage());
            assertAsBefore(model, before, decoder, arrays);
        }
    }

    private static void assertAsBefore(
            BlockModel model, Map<String, Models.Snapshot> before, Block decoder, int arrays) {
        Block block = model.model().getBlock();
        assertSame(decoder, block.getChildren().get("02decoder"));
        assertEquals(before, Models.snapshot(block));
        assertEquals(arrays, model.model().getNDManager().getManagedArrays().size());
    }

    private static void replaceDecoder(BlockModel model, FactoryModule module) throws IOException {
        BlockTarget target = model.target();
        ModelDraft draft = target.draft();
        draft.replaceModule("decoder", module);
        target.commit(Models.plan(target, draft)).close();
    }

    private static FactoryModule module() {
        return FactoryModule.of(SOURCE, 0, BadFactoriesTest.class.getClassLoader());
    }

    private static Linear linear(int units) {
        return Linear.builder().setUnits(units).build();
    }

    private static BlockModel open(Supplier<Block> script) {
        Scripted.script = script;
        return BlockModel.open(SOURCE, BadFactoriesTest.class.getClassLoader());
    }

    private static void assertRefused(String key, String detail, String help, Executable action) {
        BlockModelException refused = assertThrows(BlockModelException.class, action);
        assertEquals(detail + "; " + help, refused.getMessage());
        assertEquals(key, refused.key());
    }
}
