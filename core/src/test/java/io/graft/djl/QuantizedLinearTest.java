package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import io.graft.Plan;
import io.graft.Report;
import io.graft.RollBackException;
import io.graft.TargetModel;
import io.graft.ValueWatch;
import io.graft.djl.array.BaseArray;
import io.graft.djl.modified.FactoredLinear;
import io.graft.djl.modified.ModifiedBlock;
import io.graft.djl.modified.QuantizedLinear;
import io.graft.djl.operators.Operators;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Adapter;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.model.parametrization.Parametrization;
import io.graft.problem.Problem;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Linear layers of live blocks whose weight is stored as codes. */
class QuantizedLinearTest {
    private static final int IN = 64;
    private static final int HIDDEN = 96;
    private static final int OUT = 32;
    private static final Shape INPUT = new Shape(5, IN);

    private Model model;
    private SequentialBlock block;
    private Linear first;
    private Linear second;

    @BeforeEach
    void open() {
        PyTorchEngine.start();
        first = Linear.builder().setUnits(HIDDEN).build();
        second = Linear.builder().setUnits(OUT).optBias(false).build();
        block = new SequentialBlock().add(first).add(Activation::tanh).add(second);
        model = Model.newInstance("test", "PyTorch");
        model.setBlock(block);
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
    }

    @AfterEach
    void close() {
        System.clearProperty(Operators.PROPERTY);
        model.close();
    }

    /** The scheme, the kernel, what runs, and the tolerance against the numbers that the codes mean. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int8 | NONE | dequantized, as the kernel is `none` | 1e-6",
                "int8 | WEIGHT_ONLY | weight-only | 0.01",
                "int8 | DYNAMIC | dynamic | 0.03",
                "int4 | NONE | dequantized, as the kernel is `none` | 1e-6",
                "int4 | WEIGHT_ONLY | weight-only | 0.02",
                "int8 with offsets | NONE | dequantized, as the kernel is `none` | 1e-6",
                "int8 with offsets | WEIGHT_ONLY | weight-only | 0.01",
                "int8 with offsets | DYNAMIC | dynamic | 0.03",
                "int4 with offsets | NONE | dequantized, as the kernel is `none` | 1e-6",
                "int4 with offsets | WEIGHT_ONLY | weight-only | 0.02",
                "int4 | DYNAMIC | dequantized, as no kernel takes codes of 4 bits and shape [96, 2, 32] | 1e-6",
                "lookup | NONE | | 1e-6",
                "fp8 | NONE | | 1e-6"
            })
    void runsWhatItsFormSays(String scheme, Kernel kernel, String runs, double tolerance) throws IOException {
        NDArray exact = dequantized(scheme);
        quantize(scheme, kernel);
        assertInstanceOf(QuantizedLinear.class, block.getChildren().valueAt(0));
        assertInstanceOf(QuantizedLinear.class, block.getChildren().valueAt(2));
        assertClose(exact, forward(false), tolerance);
        assertEquals(runs, modified().kernels().get("0.weight"));
        // Training multiplies with the numbers.
        assertClose(exact, forward(true), 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"int8", "int4"})
    void theFastestIsMeasuredForAboutSoManyRows(String scheme) throws IOException {
        NDArray exact = dequantized(scheme);
        quantize(scheme, Kernel.FASTEST);
        // The commit has run the block on one row.
        assertTrue(
                modified().kernels().get("0.weight").matches("[-a-z]+ for 1 row(, .+)?"),
                () -> modified().kernels().toString());
        for (int i = 0; i < 3; i++) {
            assertClose(exact, forward(false), 0.05);
        }
        assertTrue(
                modified().kernels().get("0.weight").matches("[-a-z]+ for 1 row, [-a-z]+ for up to 16 rows"),
                () -> modified().kernels().toString());
    }

    @ParameterizedTest
    @CsvSource({
        "int8, WEIGHT_ONLY",
        "int8, DYNAMIC",
        "int4, WEIGHT_ONLY",
        "int4 with offsets, WEIGHT_ONLY",
        "int8, FASTEST"
    })
    void withoutTheOperatorsItIsRight(String scheme, Kernel kernel) throws IOException {
        NDArray exact = dequantized(scheme);
        quantize(scheme, kernel);
        forward(false);
        System.setProperty(Operators.PROPERTY, "none");
        // What is there is asked once.
        modified().invalidate();
        assertClose(exact, forward(false), 1e-6);
        assertEquals(
                "dequantized, as the property io.graft.operators is `none`",
                modified().kernels().get("0.weight"));
    }

    /** Memory is that of the codes, at rest and while the model infers. */
    @ParameterizedTest
    @CsvSource({
        "int8, WEIGHT_ONLY, 0.3",
        "int8, DYNAMIC, 0.3",
        "int8, NONE, 0.3",
        "lookup, NONE, 0.19",
        "fp8, NONE, 0.26"
    })
    void theNumbersAreNotThere(String scheme, Kernel kernel, double part) throws IOException {
        Parameter weight = first.getParameters().get("weight");
        long numbers = weight.getArray().size() * Float.BYTES;
        NDArray before = weight.getArray();
        int arrays = arrays(model.getNDManager());
        quantize(scheme, kernel);
        assertTrue(before.isReleased());
        assertTrue(BaseArray.isAbsent(weight));
        assertEquals(new Shape(HIDDEN, IN), weight.getArray().getShape());
        assertTrue(weight.getArray().isNaN().all().getBoolean());
        long owned = ownedBytes("0.");
        assertTrue(owned + modified().cachedBytes() / 2 <= part * numbers, () -> owned + " of " + numbers);
        forward(false);
        int settled = arrays(model.getNDManager());
        long cached = modified().cachedBytes();
        assertTrue(owned + cached / 2 <= part * numbers, () -> owned + " and " + cached + " of " + numbers);
        for (int i = 0; i < 3; i++) {
            forward(false);
            forward(true);
        }
        assertEquals(settled, arrays(model.getNDManager()));
        assertTrue(settled < arrays + 20);
    }

    /** The kernel has codes in an order of its own, and scales and offsets of 16 bits, beside what the state dict has. */
    @ParameterizedTest
    @CsvSource({"NONE, 0", "WEIGHT_ONLY, 5760", "FASTEST, 5760"})
    void codesOfFourBitsAreThereTwiceForAKernel(Kernel kernel, long beside) throws IOException {
        long elements = HIDDEN * IN + OUT * HIDDEN;
        quantize("int4", kernel);
        forward(false);
        assertEquals(elements / 2 + Float.BYTES * elements / 32, ownedBytes(""));
        assertEquals(beside, modified().cachedBytes());
    }

    @Test
    void theStateDictHasTheTensorAndItsParts() throws IOException {
        List<String> keys = block.getParameters().keys();
        quantize("lookup", Kernel.NONE);
        ModelDraft draft = BlockTarget.of(model).draft();
        assertEquals(
                List.of("0.weight", "0.bias", "2.weight", "0.weight.absmax", "2.weight.absmax"),
                draft.tensors().stream().map(DraftTensor::name).toList());
        DraftTensor weight = draft.find("0.weight").orElseThrow();
        assertEquals(DType.F32, weight.dtype());
        assertEquals(graft(HIDDEN, IN), weight.shape());
        assertFalse(weight.trainable());
        assertEquals(DType.U8, weight.written().dtype());
        assertEquals(graft(HIDDEN * IN / 2, 1), weight.written().shape());
        assertEquals("Linear", draft.tree().moduleType("0"));
        assertEquals(keys, block.getParameters().keys());
        // Bytes are no parameters of DJL's.
        assertEquals(
                List.of("0.weight.absmax", "2.weight.absmax"),
                model.getBlock().getDirectParameters().keys());
        assertEquals(
                "the numbers of `0.weight` were given up when it was quantized",
                assertThrows(IllegalStateException.class, () -> weight.base().materialize())
                        .getMessage());
    }

    /** The engine has neither dtype. */
    @Test
    void dtypesThatTheEngineLacksKeepTheirBytes() throws IOException {
        quantize("fp8", Kernel.NONE);
        ModelDraft draft = BlockTarget.of(model).draft();
        DraftTensor scale = draft.find("0.weight_scale").orElseThrow();
        assertEquals(DType.BF16, scale.dtype());
        assertEquals(graft(1), scale.shape());
        assertEquals(0x3e80, scale.written().materialize().window(0, 2).getShort() & 0xffff);
        assertEquals(
                DType.F8_E4M3, draft.find("0.weight").orElseThrow().written().dtype());
        assertEquals(
                graft(HIDDEN, IN),
                draft.find("0.weight").orElseThrow().written().shape());
    }

    @ParameterizedTest
    @CsvSource({"int8", "int4", "int8 with offsets", "int4 with offsets", "lookup", "fp8"})
    void rolledBackItIsTheLayerFromBefore(String scheme) throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        int arrays = arrays(model.getNDManager());
        BlockTarget target = BlockTarget.of(model);
        try (TargetModel.Commit commit = target.commit(plan(target, scheme, Kernel.WEIGHT_ONLY))) {
            assertInstanceOf(QuantizedLinear.class, block.getChildren().valueAt(0));
            assertNotEquals(before, Models.snapshot(block));
            commit.rollBack();
        }
        assertSame(block, model.getBlock());
        assertSame(first, block.getChildren().valueAt(0));
        assertSame(second, block.getChildren().valueAt(2));
        assertEquals(before, Models.snapshot(block));
        assertEquals(arrays, arrays(model.getNDManager()));
    }

    @Test
    void withoutUndoTheNumbersCannotComeBack() throws IOException {
        BlockTarget target = BlockTarget.of(model);
        TargetModel.Commit commit = target.commitForGood(plan(target, "int8", Kernel.NONE), new ValueWatch());
        assertTrue(BaseArray.isAbsent(first.getParameters().get("weight")));
        RollBackException lost = assertThrows(RollBackException.class, commit::rollBack);
        assertEquals(List.of("0.weight", "2.weight"), lost.tensors());
        commit.close();
    }

    @ParameterizedTest
    @CsvSource({"int8", "int4 with offsets"})
    void gradientsFlowToInputsAndAdaptersAlone(String scheme) throws IOException {
        quantize(scheme, Kernel.WEIGHT_ONLY);
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(HIDDEN, 2, IN, 1, 0)));
        assertInstanceOf(QuantizedLinear.class, block.getChildren().valueAt(0));
        NDArray inputs = inputs();
        inputs.setRequiresGradient(true);
        try (GradientCollector collector = PyTorchEngine.start().newGradientCollector()) {
            NDArray output = model.getBlock()
                    .forward(new ParameterStore(model.getNDManager(), false), new NDList(inputs), true)
                    .singletonOrThrow();
            collector.backward(output.square().sum());
        }
        assertTrue(inputs.getGradient().abs().sum().getFloat() > 0);
        Map<String, Parameter> parameters = BlockTarget.of(model).parameters();
        for (String factor : List.of("0.lora_A.default", "0.lora_B.default")) {
            assertTrue(
                    parameters.get(factor).getArray().getGradient().abs().sum().getFloat() > 0);
        }
        assertFalse(parameters.get("0.weight").requiresGradient());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kernel.class,
            names = {"NONE", "WEIGHT_ONLY", "DYNAMIC"})
    void adaptersRunInFactorsOnTopOfIt(Kernel kernel) throws IOException {
        double tolerance = kernel == Kernel.NONE ? 2e-6 : 0.03;
        quantize("int8", kernel);
        NDArray plain = forward(false);
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(HIDDEN, 2, IN, 1, 0)));
        NDArray trained = forward(true);
        assertClose(trained, forward(false), tolerance);
        assertTrue(error(plain, trained) > 0.1);
        // No weight is computed for inference.
        assertTrue(modified().cachedBytes() < 3000, () -> "" + modified().cachedBytes());
        modified().activate(Map.of("default", 0.5));
        assertClose(forward(true), forward(false), tolerance);
        modified().activate(Map.of());
        assertEquals(plain, forward(false));
    }

    @Test
    void rowsOfABatchHaveAdaptersOfTheirOwn() throws IOException {
        quantize("int8", Kernel.WEIGHT_ONLY);
        NDArray plain = forward(false);
        commit(draft -> draft.parametrize("0.weight", "one", Methods.lora(HIDDEN, 2, IN, 1, 0)));
        NDArray adapted = forward(false);
        NDArray mixed = forward(modified().mixed(List.of("one", Adapter.BASE, "one", Adapter.BASE, "one")), false);
        for (int row = 0; row < INPUT.get(0); row++) {
            assertClose((row % 2 == 0 ? adapted : plain).get(row), mixed.get(row), 1e-6);
        }
    }

    /** What is no product of low rank needs the weight. */
    @Test
    void otherAdaptersComputeTheWeight() throws IOException {
        quantize("int8", Kernel.WEIGHT_ONLY);
        commit(draft -> draft.parametrize("0.weight", "default", new Methods.Ia3(Methods.random(graft(1, IN), 7))));
        NDArray trained = forward(true);
        assertClose(trained, forward(false), 0.01);
        modified().activate(Map.of());
        assertTrue(error(trained, forward(false)) > 0.1);
    }

    @Test
    void aLayerWithAnAdapterIsQuantizedBelowIt() throws IOException {
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(HIDDEN, 2, IN, 1, 0)));
        assertInstanceOf(FactoredLinear.class, block.getChildren().valueAt(0));
        NDArray before = forward(false);
        quantize("int8", Kernel.NONE);
        assertInstanceOf(QuantizedLinear.class, block.getChildren().valueAt(0));
        assertClose(before, forward(false), 0.02);
        assertClose(forward(true), forward(false), 1e-6);
    }

    @ParameterizedTest
    @CsvSource({"int8", "int4", "int8 with offsets", "int4 with offsets", "lookup", "fp8"})
    void foldedItIsALinearWithTheNumbersOfTheCodes(String scheme) throws IOException {
        NDArray exact = dequantized(scheme);
        quantize(scheme, Kernel.WEIGHT_ONLY);
        commit(draft -> draft.foldStorage("0.weight"));
        assertSame(first, block.getChildren().valueAt(0));
        assertFalse(BaseArray.isAbsent(first.getParameters().get("weight")));
        assertInstanceOf(QuantizedLinear.class, block.getChildren().valueAt(2));
        commit(draft -> {
            draft.foldStorage("2.weight");
            draft.unfreeze("0.weight");
            draft.unfreeze("2.weight");
        });
        assertSame(block, model.getBlock());
        assertClose(exact, forward(false), 1e-6);
    }

    @Test
    void aFoldThatIsRolledBackLeavesTheCodes() throws IOException {
        quantize("int8", Kernel.NONE);
        NDArray before = forward(false);
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        draft.foldStorage("0.weight");
        try (TargetModel.Commit commit = target.commit(Models.plan(target, draft))) {
            assertFalse(BaseArray.isAbsent(first.getParameters().get("weight")));
            commit.rollBack();
        }
        assertTrue(BaseArray.isAbsent(first.getParameters().get("weight")));
        assertEquals(before, forward(false));
    }

    @Test
    void aFoldedBlockServesManyThreads() throws Exception {
        quantize("int8", Kernel.WEIGHT_ONLY);
        commit(draft -> draft.parametrize("0.weight", "default", Methods.lora(HIDDEN, 2, IN, 1, 0)));
        NDArray expected = forward(false);
        Block folded = modified().folded();
        modified().activate(Map.of());
        assertTrue(error(expected, forward(false)) > 0.1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<NDArray>> outputs = IntStream.range(0, 16)
                    .mapToObj(i -> threads.submit(() -> forward(folded, false)))
                    .toList();
            for (Future<NDArray> output : outputs) {
                assertClose(expected, output.get(), 1e-6);
            }
        } finally {
            threads.shutdown();
        }
        folded.clear();
        folded.clear();
    }

    @Test
    void closedItFreesAll() throws IOException {
        int arrays = arrays(model.getNDManager());
        quantize("int8", Kernel.WEIGHT_ONLY);
        forward(false).close();
        ModifiedModel modified = modified();
        modified.folded();
        modified.close();
        assertTrue(arrays(model.getNDManager()) <= arrays + 2, () -> arrays(model.getNDManager()) + " > " + arrays);
        assertEquals(
                "the modified model was closed",
                assertThrows(IllegalStateException.class, () -> forward(false)).getMessage());
    }

    @Test
    void aPartOfItCannotRunAlone() throws IOException {
        quantize("int8", Kernel.WEIGHT_ONLY);
        assertEquals(
                "a quantized Linear has no weight of its own: run the whole model's block",
                assertThrows(IllegalStateException.class, () -> forward(block, false))
                        .getMessage());
    }

    @Test
    void itsFileHasNoNumbers() throws Exception {
        ByteArrayOutputStream numbers = new ByteArrayOutputStream();
        block.saveParameters(new DataOutputStream(numbers));
        quantize("int8", Kernel.NONE);
        NDArray before = forward(false);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        model.getBlock().saveParameters(new DataOutputStream(file));
        assertTrue(file.size() < numbers.size() / 2, () -> file.size() + " of " + numbers.size());
        model.getBlock()
                .loadParameters(
                        model.getNDManager(), new DataInputStream(new ByteArrayInputStream(file.toByteArray())));
        assertEquals(before, forward(false));
        assertEquals(
                "the file has numbers for a weight that is quantized: load it before the model is quantized",
                assertThrows(
                                MalformedModelException.class,
                                () -> model.getBlock()
                                        .loadParameters(
                                                model.getNDManager(),
                                                new DataInputStream(new ByteArrayInputStream(numbers.toByteArray()))))
                        .getMessage());
    }

    /** A layer that cannot be exchanged asks for its weight as numbers. */
    @Test
    void aLayerThatNobodyCanExchangeGetsItsNumbersForEachForward() throws IOException {
        model.close();
        List<String> items = IntStream.range(0, 10).mapToObj(String::valueOf).toList();
        Block words = new TrainableWordEmbedding(new DefaultVocabulary(items), IN);
        model = Model.newInstance("test", "PyTorch");
        model.setBlock(words);
        words.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(5));
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        String name = draft.tensors().iterator().next().name();
        draft.parametrize(name, int8(draft, name, Kernel.WEIGHT_ONLY));
        assertEquals(
                List.of(
                        "warning: a quantized weight is restored as a whole whenever its layer runs, where that neither multiplies"
                                + " with codes nor looks up rows of them: `" + name
                                + "` (it is the root of the model, which no other block holds; 2560 bytes); it takes the"
                                + " memory of its codes, and forwards take longer; leave it out where their time counts"),
                target.refusals(Models.plan(target, draft)).stream()
                        .map(QuantizedLinearTest::text)
                        .toList());
        target.commit(Models.plan(target, draft)).close();
        assertTrue(BaseArray.isAbsent(words.getParameters().valueAt(0)));
        NDArray indices = model.getNDManager().create(new long[] {0, 3, 9});
        NDArray output = model.getBlock()
                .forward(new ParameterStore(model.getNDManager(), false), new NDList(indices), false)
                .singletonOrThrow();
        assertFalse(output.isNaN().any().getBoolean());
        assertEquals(0, modified().cachedBytes());
    }

    private static String text(Problem problem) {
        return problem.severity().name().toLowerCase(Locale.ROOT) + ": " + problem.message() + "; " + problem.help();
    }

    @FunctionalInterface
    private interface Edit {
        void on(ModelDraft draft);
    }

    private void commit(Edit edit) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        edit.on(draft);
        target.commit(Models.plan(target, draft)).close();
    }

    /** Codes of values that come in the same run: the weight has no numbers of its own for them. */
    @ParameterizedTest
    @CsvSource({"int8", "lookup"})
    void newValuesAreQuantizedAtOnce(String scheme) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        LazyTensor values = Methods.tensor(io.graft.tensor.Shape.of(HIDDEN, IN), i -> (float) Math.sin(i));
        draft.assign("0.weight", values);
        draft.parametrize("0.weight", storage(scheme, Kernel.NONE).apply(values));
        target.commit(Models.plan(target, draft)).close();
        NDArray quantized = forward(false);
        assertInstanceOf(QuantizedLinear.class, block.getChildren().valueAt(0));
        ModelDraft plain = BlockTarget.of(model).draft();
        plain.foldStorage("0.weight");
        BlockTarget folded = BlockTarget.of(model);
        folded.commit(Models.plan(folded, plain)).close();
        assertClose(forward(false), quantized, 1e-6);
    }

    private void quantize(String scheme, Kernel kernel) throws IOException {
        BlockTarget target = BlockTarget.of(model);
        target.commit(plan(target, scheme, kernel)).close();
    }

    private static Plan plan(BlockTarget target, String scheme, Kernel kernel) {
        ModelDraft draft = target.draft();
        Function<LazyTensor, Parametrization> storage = storage(scheme, kernel);
        for (String name : List.of("0.weight", "2.weight")) {
            draft.parametrize(name, storage.apply(draft.find(name).orElseThrow().base()));
        }
        return Models.plan(target, draft);
    }

    private static Function<LazyTensor, Parametrization> storage(String scheme, Kernel kernel) {
        return switch (scheme) {
            case "int8" -> weight -> Storages.int8(weight, kernel);
            case "int4" -> weight -> Storages.int4(weight, 32, kernel);
            case "int8 with offsets" -> weight -> Storages.affine(Storages.int8(weight, kernel));
            case "int4 with offsets" -> weight -> Storages.affine(Storages.int4(weight, 32, kernel));
            case "fp8" -> Storages::fp8;
            default -> weight -> Storages.indices(weight, 64);
        };
    }

    private static Parametrization int8(ModelDraft draft, String name, Kernel kernel) {
        return Storages.int8(draft.find(name).orElseThrow().base(), kernel);
    }

    /** What the model computes with the numbers that the codes mean. */
    private NDArray dequantized(String scheme) throws IOException {
        Map<String, Models.Snapshot> before = Models.snapshot(block);
        BlockTarget target = BlockTarget.of(model);
        ModelDraft draft = target.draft();
        Function<LazyTensor, Parametrization> storage = storage(scheme, Kernel.NONE);
        for (String name : List.of("0.weight", "2.weight")) {
            draft.fold(name, storage.apply(draft.find(name).orElseThrow().base()));
        }
        try (TargetModel.Commit commit = target.commit(Models.plan(target, draft))) {
            NDArray exact = forward(false);
            commit.rollBack();
            assertEquals(before, Models.snapshot(block));
            return exact;
        }
    }

    private ModifiedModel modified() {
        BlockTarget target = BlockTarget.of(model);
        return ModifiedModel.of(target, new Report(Models.plan(target, target.draft()), true, List.of(), List.of()));
    }

    private long ownedBytes(String prefix) {
        return ((ModifiedBlock) model.getBlock())
                .owned().entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(prefix))
                        .map(entry -> entry.getValue().getArray())
                        .mapToLong(array -> array.size() * array.getDataType().getNumOfBytes())
                        .sum();
    }

    private static int arrays(NDManager manager) {
        return manager.getManagedArrays().size();
    }

    private NDArray inputs() {
        return model.getNDManager().arange((float) INPUT.size()).sin().reshape(INPUT);
    }

    private NDArray forward(boolean training) {
        return forward(model.getBlock(), training);
    }

    private NDArray forward(Block run, boolean training) {
        NDManager manager = NDManager.newBaseManager("PyTorch");
        NDArray inputs = manager.arange((float) INPUT.size()).sin().reshape(INPUT);
        return run.forward(new ParameterStore(manager, false), new NDList(inputs), training)
                .singletonOrThrow()
                .stopGradient();
    }

    private static double error(NDArray expected, NDArray actual) {
        return actual.sub(expected).norm().getFloat() / expected.norm().getFloat();
    }

    private static void assertClose(NDArray expected, NDArray actual, double tolerance) {
        assertTrue(error(expected, actual) <= tolerance, () -> "relative error " + error(expected, actual));
    }

    private static io.graft.tensor.Shape graft(long... dimensions) {
        return io.graft.tensor.Shape.of(dimensions);
    }
}
