package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.graft.Plan;
import io.graft.Report;
import io.graft.TargetModel;
import io.graft.djl.array.BaseArray;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.QuantizedWordEmbedding;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.model.parametrization.Parametrization;
import io.graft.problem.Problem;
import io.graft.tensor.LazyTensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Embeddings and convolutions of live blocks whose weight is stored as codes. */
class QuantizedTablesTest {
    private static final int ROWS = 40;
    private static final int WIDTH = 128;
    private static final String TABLE = "0.weight";
    private static final long[] INDICES = {3, 39, 0, 3, 17, 8};

    private Model model;
    private SequentialBlock block;
    private TrainableWordEmbedding words;

    @BeforeEach
    void open() {
        PyTorchEngine.start();
        List<String> items = IntStream.range(0, ROWS).mapToObj(String::valueOf).toList();
        words = new TrainableWordEmbedding(new DefaultVocabulary(items), WIDTH);
        block = new SequentialBlock().add(words);
        open(block, new Shape(2, 3));
        words.getParameters()
                .get("embedding")
                .getArray()
                .set(model.getNDManager().arange(ROWS * WIDTH * 1f).sin().toFloatArray());
    }

    private void open(Block root, Shape inputs) {
        model = Model.newInstance("test", "PyTorch");
        model.setBlock(root);
        root.initialize(model.getNDManager(), DataType.FLOAT32, inputs);
    }

    @AfterEach
    void close() {
        model.close();
    }

    @ParameterizedTest
    @CsvSource({"int8, 0.27", "int4, 0.16", "lookup, 0.15", "fp8, 0.26"})
    void rowsAreThoseOfTheNumbersAndNoOthersAreComputed(String scheme, double part) throws IOException {
        quantize(scheme);
        assertInstanceOf(QuantizedWordEmbedding.class, block.getChildren().valueAt(0));
        Parameter table = words.getParameters().get("embedding");
        assertTrue(BaseArray.isAbsent(table));
        NDArray inference = look(false);
        NDArray training = look(true);
        assertEquals(
                Map.of(TABLE, "dequantized row by row, as they are looked up"),
                modified().kernels());
        long held = ((ModifiedBlock) model.getBlock())
                        .owned().values().stream()
                                .map(Parameter::getArray)
                                .mapToLong(array ->
                                        array.size() * array.getDataType().getNumOfBytes())
                                .sum()
                + modified().cachedBytes();
        assertTrue(held <= part * ROWS * WIDTH * Float.BYTES, () -> held + " bytes");
        int arrays = model.getNDManager().getManagedArrays().size();
        for (int i = 0; i < 3; i++) {
            look(false);
            look(true);
        }
        assertEquals(arrays, model.getNDManager().getManagedArrays().size());
        commit(draft -> draft.foldStorage(TABLE));
        assertSame(words, block.getChildren().valueAt(0));
        NDArray exact = look(false);
        assertEquals(new Shape(2, 3, WIDTH), exact.getShape());
        assertEquals(exact, inference);
        assertEquals(exact, training);
    }

    @Test
    void whatIsNoRowIsRefusedAsByThePlainLayer() throws IOException {
        quantize("int8");
        for (long index : new long[] {-1, ROWS}) {
            EngineException refused = assertThrows(EngineException.class, () -> look(model.getBlock(), false, index));
            assertTrue(refused.getMessage().startsWith("index out of range in self"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"int8", "int4", "lookup", "fp8"})
    void rolledBackItIsTheLayerFromBefore(String scheme) throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        BlockTarget target = BlockTarget.of(model);
        try (TargetModel.Commit commit = target.commit(plan(target, scheme))) {
            assertInstanceOf(QuantizedWordEmbedding.class, block.getChildren().valueAt(0));
            assertNotEquals(before, Models.snapshot(block));
            commit.rollBack();
        }
        assertSame(block, model.getBlock());
        assertSame(words, block.getChildren().valueAt(0));
        assertEquals(before, Models.snapshot(block));
    }

    /** Factors of the rows that are looked up; the codes take no gradient. */
    @ParameterizedTest
    @CsvSource({"int8", "int4", "lookup"})
    void anAdapterTrainsOnTheRows(String scheme) throws IOException {
        quantize(scheme);
        commit(draft -> draft.parametrize(TABLE, "default", Methods.lora(ROWS, 2, WIDTH, 1, 0)));
        NDArray rows = look(false);
        try (GradientCollector collector = PyTorchEngine.start().newGradientCollector()) {
            NDArray trained = look(true);
            assertEquals(rows, trained.stopGradient());
            collector.backward(trained.square().sum());
        }
        assertEquals(
                Map.of(TABLE, "dequantized row by row, as they are looked up"),
                modified().kernels());
        Map<String, Parameter> parameters = BlockTarget.of(model).parameters();
        NDArray left = parameters
                .get("0.lora_B.default")
                .getArray()
                .getGradient()
                .abs()
                .sum(new int[] {1});
        for (int row = 0; row < ROWS; row++) {
            long here = row;
            assertEquals(IntStream.range(0, INDICES.length).anyMatch(i -> INDICES[i] == here), left.getFloat(row) > 0);
        }
        assertTrue(parameters
                        .get("0.lora_A.default")
                        .getArray()
                        .getGradient()
                        .abs()
                        .sum()
                        .getFloat()
                > 0);
        Block folded = modified().folded();
        assertClose(rows, look(folded, false, INDICES));
        modified().activate(Map.of());
        assertClose(rows, look(folded, false, INDICES));
        assertEquals(look(false), look(modified().folded(), false, INDICES).reshape(2, 3, WIDTH));
    }

    /** What has no rows of its own is computed as a whole, and not kept. */
    @Test
    void whatStandsOnWholeColumnsMakesTheTable() throws IOException {
        quantize("int8");
        commit(draft -> draft.parametrize(
                TABLE,
                "default",
                new Methods.Dora(
                        Methods.random(io.graft.tensor.Shape.of(2, WIDTH), 1),
                        Methods.random(io.graft.tensor.Shape.of(ROWS, 2), 2),
                        Methods.random(io.graft.tensor.Shape.of(1, WIDTH), 3),
                        0)));
        NDArray trained = look(true).stopGradient();
        assertClose(trained, look(false));
        assertEquals(
                Map.of(TABLE, "dequantized as a whole for each forward"),
                modified().kernels());
        assertEquals(0, modified().cachedBytes());
    }

    @Test
    void itsFileHasNoNumbers() throws Exception {
        ByteArrayOutputStream numbers = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(numbers));
        quantize("int8");
        NDArray before = look(false);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        model.getBlock().saveParameters(new DataOutputStream(file));
        assertTrue(file.size() < numbers.size() / 2, () -> file.size() + " of " + numbers.size());
        load(file);
        assertEquals(before, look(false));
        assertEquals(
                "the file has numbers for a weight that is quantized: load it before the model is quantized",
                assertThrows(MalformedModelException.class, () -> load(numbers)).getMessage());
        assertTrue(BaseArray.isAbsent(words.getParameters().get("embedding")));
    }

    private void load(ByteArrayOutputStream file) throws IOException, MalformedModelException {
        model.getBlock()
                .loadParameters(
                        model.getNDManager(), new DataInputStream(new ByteArrayInputStream(file.toByteArray())));
    }

    /** Their weights are there while they run, one at a time. */
    @Test
    void convolutionsRestoreTheirWeightsOneAfterTheOther() throws IOException {
        model.close();
        Conv2d first = convolution(16);
        Conv2d second = convolution(16);
        block = new SequentialBlock().add(first).add(second);
        Shape inputs = new Shape(2, 16, 6, 6);
        open(block, inputs);
        BlockTarget target = BlockTarget.of(model);
        Plan plan = plan(target, "lookup", "0.weight", "1.weight");
        assertEquals(
                List.of(
                        "a quantized weight is restored as a whole whenever its layer runs, where that neither multiplies with"
                                + " codes nor looks up rows of them: `0.weight` (it is in a Conv2d; 9216 bytes) and 1 more; it takes the memory of its codes, and forwards take longer; leave it out where"
                                + " their time counts"),
                target.refusals(plan).stream().map(QuantizedTablesTest::text).toList());
        target.commit(plan).close();
        assertTrue(BaseArray.isAbsent(first.getParameters().get("weight")));
        NDArray images =
                model.getNDManager().arange((float) inputs.size()).cos().reshape(inputs);
        NDArray output = run(model.getBlock(), images, false);
        assertEquals(output, run(model.getBlock(), images, true).stopGradient());
        assertEquals(0, modified().cachedBytes());
        assertEquals(
                Map.of(
                        "0.weight",
                        "dequantized as a whole for each forward",
                        "1.weight",
                        "dequantized as a whole for each forward"),
                modified().kernels());
        int arrays = model.getNDManager().getManagedArrays().size();
        run(model.getBlock(), images, false).close();
        assertEquals(arrays, model.getNDManager().getManagedArrays().size());
        commit(draft -> {
            draft.foldStorage("0.weight");
            draft.foldStorage("1.weight");
        });
        assertClose(run(block, images, false), output);
    }

    private static Conv2d convolution(int filters) {
        return Conv2d.builder()
                .setKernelShape(new Shape(3, 3))
                .setFilters(filters)
                .build();
    }

    private static String text(Problem problem) {
        return problem.message() + "; " + problem.help();
    }

    private void quantize(String scheme) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        Plan plan = plan(target, scheme);
        assertEquals(List.of(), target.refusals(plan));
        target.commit(plan).close();
    }

    private static Plan plan(BlockTarget target, String scheme) {
        return plan(target, scheme, TABLE);
    }

    private static Plan plan(BlockTarget target, String scheme, String... weights) {
        ModelDraft draft = target.draft();
        for (String name : weights) {
            draft.parametrize(
                    name, storage(scheme, draft.find(name).orElseThrow().base()));
        }
        return Models.plan(target, draft);
    }

    private static Parametrization storage(String scheme, LazyTensor weight) {
        return switch (scheme) {
            case "int8" -> Storages.int8(weight, Kernel.FASTEST);
            case "int4" -> Storages.int4(weight, 32, Kernel.FASTEST);
            case "fp8" -> Storages.fp8(weight);
            default -> Storages.indices(weight, 64);
        };
    }

    private void commit(Consumer<ModelDraft> edit) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        edit.accept(draft);
        target.commit(Models.plan(target, draft)).close();
    }

    private ModifiedModel modified() {
        BlockTarget target = BlockTarget.of(model);
        return ModifiedModel.of(target, new Report(Models.plan(target, target.draft()), true, List.of(), List.of()));
    }

    private NDArray look(boolean training) {
        return look(model.getBlock(), training, INDICES).reshape(2, 3, WIDTH);
    }

    private static NDArray look(Block run, boolean training, long... indices) {
        return run(run, NDManager.newBaseManager("PyTorch").create(indices), training);
    }

    private static NDArray run(Block run, NDArray inputs, boolean training) {
        NDManager manager = NDManager.newBaseManager("PyTorch");
        NDArray here = inputs.duplicate();
        here.attach(manager);
        return run.forward(new ParameterStore(manager, false), new NDList(here), training)
                .singletonOrThrow();
    }

    private static void assertClose(NDArray expected, NDArray actual) {
        NDArray flat = actual.reshape(expected.getShape());
        double error = flat.sub(expected).norm().getFloat() / expected.norm().getFloat();
        assertTrue(error < 1e-6, () -> "relative error " + error);
    }
}
