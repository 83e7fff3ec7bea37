package io.graft.djl.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.graft.checkpoint.Checkpoint;
import io.graft.djl.Methods;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.Form.ScaledCodes.Kernel;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.expression.Expression;
import io.graft.torchscript.Archives;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import io.graft.torchscript.ScriptKernels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs whose layers multiply with codes, by kernels of the engine. */
class QuantizedProgramTest {
    private static final List<String> WEIGHTS =
            List.of("first.weight", "plain.weight", "turned.weight", "affine.weight", "columns.weight");

    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    /** A weight in bytes, each row of which has a scale. */
    private static Parametrization bytes(DraftTensor weight, Kernel kernel) {
        io.graft.tensor.Shape shape = weight.shape();
        int columns = (int) shape.dimension(1);
        float[] values;
        try {
            values = LazyTensors.floats(weight.value());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        float[] scales = new float[(int) shape.dimension(0)];
        byte[] codes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            scales[i / columns] = Math.max(scales[i / columns], Math.abs(values[i]) / 127);
        }
        for (int i = 0; i < values.length; i++) {
            codes[i] = (byte) Math.rint(values[i] / scales[i / columns]);
        }
        return new Methods.Int8(
                Methods.bytes(shape, codes),
                Methods.tensor(io.graft.tensor.Shape.of(shape.dimension(0), 1), row -> scales[row]),
                kernel);
    }

    private static Consumer<ModelDraft> quantizing(List<String> weights, Kernel kernel) {
        return draft -> weights.forEach(
                name -> draft.parametrize(name, bytes(draft.find(name).orElseThrow(), kernel)));
    }

    /** The kernels round what they are given, so that what they give tells which of them ran. */
    @ParameterizedTest
    @CsvSource({
        "torchscript/models/products-scripted, '2, 3, 64'",
        "torchscript/models/products-traced, '2, 3, 64'",
        "torchscript/models/products-scripted, '1, 64'",
        "torchscript/models/products-traced, '1, 1, 64'",
    })
    void everyProductWithRowsOfOutputsIsOfCodes(String fixture, String input) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        long[] shape = shape(input);
        boolean few = new Shape(shape).size() / 64 < 4;
        float[] exact = run(write(archive, "none", quantizing(WEIGHTS, Kernel.NONE)), shape);
        float[] halves = run(write(archive, "weight-only", quantizing(WEIGHTS, Kernel.WEIGHT_ONLY)), shape);
        float[] rounded = run(write(archive, "dynamic", quantizing(WEIGHTS, Kernel.DYNAMIC)), shape);
        float[] fastest = run(write(archive, "fastest", quantizing(WEIGHTS, Kernel.FASTEST)), shape);
        assertEquals(0, apart(halves, exact), 0.01);
        assertEquals(0, apart(rounded, exact), 0.03);
        assertTrue(apart(halves, exact) > 1e-4, "inputs are rounded to bfloat16");
        assertTrue(apart(rounded, exact) > 1e-4, "inputs are rounded to bytes");
        assertArrayEquals(few ? halves : rounded, fastest);
    }

    @Test
    void theWeightsAreGone() throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/products-traced");
        Path file = write(archive, "fastest", quantizing(WEIGHTS, Kernel.FASTEST));
        assertEquals(
                List.of(
                        "first.bias",
                        "first.weight_codes",
                        "first.weight_scale",
                        "plain.weight_codes",
                        "plain.weight_scale",
                        "turned.weight_codes",
                        "turned.weight_scale",
                        "affine.bias",
                        "affine.weight_codes",
                        "affine.weight_scale",
                        "columns.weight_codes",
                        "columns.weight_scale"),
                List.copyOf(Checkpoint.open(file).tensors().keySet()));
        long before = data(archive.path());
        assertEquals(4 * (3 * 64 * 64 + 24 * 64 + 24 * 5 + 64 + 24), before);
        assertEquals((before - 4 * (64 + 24)) / 4 + 4 * (3 * 64 + 24 + 24 + 64 + 24), data(file));
    }

    /** How many bytes tensors have in an archive. */
    private static long data(Path file) throws IOException {
        return Archives.members(file).entrySet().stream()
                .filter(member -> member.getKey().startsWith("data/"))
                .mapToLong(member -> member.getValue().length)
                .sum();
    }

    @Test
    void theCodeAsksHowManyRowsThereAre() throws Exception {
        Path file = write(
                Archives.open("torchscript/models/products-scripted"),
                "code",
                quantizing(List.of("first.weight"), Kernel.FASTEST));
        String code = new String(Archives.members(file).get("code/__torch__/graft/m0.py"), UTF_8);
        assertEquals("""
                  def forward(self: __torch__.torch.nn.modules.linear.___torch_mangle_19.Linear,
                    input: Tensor) -> Tensor:
                    bias = self.bias
                    return (self).graft_weight_product(input, bias, )
                  def graft_weight(self: __torch__.graft.m0.Linear) -> Tensor:
                    graft_0 = self.weight_codes
                    graft_1 = torch.clone(self.weight_scale)
                    graft_2 = torch.to(graft_0, 6)
                    graft_3 = torch.mul(graft_2, graft_1)
                    return graft_3
                  def graft_weight_product(self: __torch__.graft.m0.Linear, input: Tensor, bias: Optional[Tensor]) -> Tensor:
                    graft_exact = self.training or (torch.is_grad_enabled() and ops.prim.requires_grad(input))
                    graft_fits = ops.prim.is_cpu(input) and ops.prim.dtype(input) == 6 and torch.numel(input) > 0
                    if graft_exact or not graft_fits:
                      graft_product = torch.linear(input, (self).graft_weight(), bias)
                    else:
                      graft_0 = self.weight_codes
                      graft_1 = torch.clone(self.weight_scale)
                      graft_2 = torch.reshape(graft_1, [64])
                      graft_inputs = torch.contiguous(torch.reshape(input, [-1, 64]))
                      if torch.size(graft_inputs, 0) < 4:
                        graft_narrow = torch.to(graft_inputs, 15)
                        graft_halves = torch._weight_int8pack_mm(graft_narrow, graft_0, torch.to(graft_2, 15))
                        graft_products = torch.to(graft_halves, 6)
                      else:
                        graft_magnitudes = torch.abs(graft_inputs)
                        graft_most = torch.amax(graft_magnitudes, [-1], True)
                        graft_steps = torch.clamp_min(torch.div(graft_most, 127.), 1e-30)
                        graft_multiples = torch.div(graft_inputs, graft_steps, out=graft_magnitudes)
                        graft_rounded = torch.round_(graft_multiples)
                        graft_sums = torch._int_mm(torch.to(graft_rounded, 1), torch.t(graft_0))
                        graft_products = torch.mul_(torch.mul(graft_sums, graft_steps), graft_2)
                      graft_size = torch.size(input)
                      graft_last = torch._set_item(graft_size, -1, 64)
                      if bias is not None:
                        graft_products = torch.add_(graft_products, bias)
                      graft_product = torch.reshape(graft_products, graft_size)
                    return graft_product
                """, code.substring(code.indexOf("  def ")));
    }

    /** An engine that read beyond a row, or that cannot take what has no rows, would fail here. */
    @ParameterizedTest
    @CsvSource({"WEIGHT_ONLY", "DYNAMIC", "FASTEST"})
    void inputsHaveAnyAxes(Kernel kernel) throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/pair");
        ScriptArchive older = Archives.open("torchscript/models/functional");
        Consumer<ModelDraft> quantizing = quantizing(List.of("first.weight", "second.weight"), kernel);
        Path file = write(archive, "pair", quantizing);
        Path functional = write(older, "functional", quantizing);
        Path none = write(archive, "none", quantizing(List.of("first.weight", "second.weight"), Kernel.NONE));
        for (String axes : List.of("4", "5, 4", "1, 4", "2, 3, 4", "2, 1, 3, 4")) {
            float[] exact = run(none, shape(axes));
            float[] given = run(file, shape(axes));
            assertEquals(0, apart(given, exact), 0.05, axes);
            // Rows of 4 columns are too short for the kernel that reads 32 at a time.
            assertEquals(kernel != Kernel.WEIGHT_ONLY, apart(given, exact) > 1e-6, axes);
            assertArrayEquals(given, run(functional, shape(axes)));
        }
        try (Model model = load(file)) {
            NDManager manager = model.getNDManager();
            ParameterStore store = new ParameterStore(manager, false);
            NDArray nothing = manager.create(new Shape(0, 4));
            assertEquals(
                    new Shape(0, 2),
                    model.getBlock()
                            .forward(store, new NDList(nothing), false)
                            .get(0)
                            .getShape());
            NDArray input = input(manager, new long[] {4, 5});
            NDArray turned = input.transpose();
            assertArrayEquals(
                    model.getBlock()
                            .forward(store, new NDList(turned.duplicate()), false)
                            .get(0)
                            .toFloatArray(),
                    model.getBlock()
                            .forward(store, new NDList(turned), false)
                            .get(0)
                            .toFloatArray());
            NDArray zeros = manager.zeros(new Shape(5, 4));
            assertFalse(model.getBlock()
                    .forward(store, new NDList(zeros), false)
                    .get(0)
                    .isNaN()
                    .any()
                    .getBoolean());
        }
    }

    /** A weight in digits, each 32 columns of a row of which have a scale. */
    private static Parametrization digits(DraftTensor weight, Kernel kernel) {
        io.graft.tensor.Shape shape = weight.shape();
        float[] values;
        try {
            values = LazyTensors.floats(weight.value());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        float[] scales = new float[values.length / 32];
        byte[] codes = new byte[values.length / 2];
        for (int i = 0; i < values.length; i++) {
            scales[i / 32] = Math.max(scales[i / 32], Math.abs(values[i]) / 7);
        }
        for (int i = 0; i < values.length; i++) {
            int digit = (int) Math.rint(values[i] / scales[i / 32]) + 8;
            codes[i / 2] |= (byte) (i % 2 == 0 ? digit : digit << 4);
        }
        return new Methods.Int4(
                Methods.unsigned(io.graft.tensor.Shape.of(shape.dimension(0), shape.dimension(1) / 2), codes),
                Methods.tensor(io.graft.tensor.Shape.of(shape.dimension(0), shape.dimension(1) / 32), at -> scales[at]),
                kernel);
    }

    private static Consumer<ModelDraft> digits(Kernel kernel) {
        return draft -> List.of("first.weight", "plain.weight", "turned.weight")
                .forEach(name -> draft.parametrize(name, digits(draft.find(name).orElseThrow(), kernel)));
    }

    /** How the kernel for them wants them is for the processor to say, so that they are packed when they are loaded. */
    @ParameterizedTest
    @CsvSource({"torchscript/models/products-scripted", "torchscript/models/products-traced"})
    void codesOfFourBitsArePackedWhenTheyAreLoaded(String fixture) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        Path none = write(archive, "none", digits(Kernel.NONE));
        Path file = write(archive, "fastest", digits(Kernel.FASTEST));
        assertEquals(data(none), data(file));
        assertEquals(
                Checkpoint.open(none).tensors().keySet(),
                Checkpoint.open(file).tensors().keySet());
        for (String axes : List.of("1, 64", "2, 3, 64", "40, 64")) {
            double apart = apart(run(file, shape(axes)), run(none, shape(axes)));
            assertTrue(apart > 1e-5 && apart < 0.01, axes + ": " + apart);
        }
        Path printed = printed(file, "printed");
        assertArrayEquals(run(file, shape("5, 64")), run(printed, shape("5, 64")));
        Consumer<ModelDraft> adapting =
                draft -> draft.parametrize("first.weight", "default", Methods.lora(64, 2, 64, 0.5, 0));
        Path once = write(archive, "once", digits(Kernel.FASTEST).andThen(adapting));
        for (Path before : List.of(file, printed)) {
            ScriptArchive again = ScriptArchive.read(Checkpoint.open(before));
            assertEquals("", again.misunderstood());
            assertEquals(List.of(), again.checkpoint().warnings(), "no tensor is without a name");
            String name = before.getParent().getFileName() + "-";
            assertArrayEquals(run(once, shape("5, 64")), run(write(again, name + "twice", adapting), shape("5, 64")));
            Path folded = write(
                    again,
                    name + "folded",
                    draft -> List.of("first.weight", "plain.weight", "turned.weight")
                            .forEach(draft::foldStorage));
            assertEquals(0, apart(run(folded, shape("5, 64")), run(none, shape("5, 64"))), 1e-6);
            assertEquals(
                    List.of(),
                    Archives.members(folded).keySet().stream()
                            .filter(member -> member.contains("graft/codes"))
                            .toList());
        }
    }

    /** Whoever asks for a kernel is told where there is none. */
    @Test
    void aKernelThatCannotRunIsNamed() throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/products-traced");
        Consumer<ModelDraft> quantizing = quantizing(WEIGHTS, Kernel.DYNAMIC);
        assertEquals(
                List.of(
                        "warning: the program cannot run the kernel that was asked for, so that it dequantizes a weight each time:"
                                + " `columns.weight` by dynamic; let `kernel` be fastest or none"),
                problems(archive, quantizing));
        ScriptArchive pair = Archives.open("torchscript/models/pair");
        assertEquals(
                List.of(
                        "warning: the program cannot run the kernel that was asked for, so that it dequantizes a weight each time:"
                                + " `first.weight` by weight-only; let `kernel` be fastest or none"),
                problems(pair, quantizing(List.of("first.weight"), Kernel.WEIGHT_ONLY)));
        assertEquals(List.of(), problems(pair, quantizing(List.of("first.weight"), Kernel.FASTEST)));
    }

    /** Of the program as it is read again, too. */
    @Test
    void whatRunsIsTold() throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/products-traced");
        assertEquals(Map.of(), ScriptKernels.of(archive, archive.draft().tensors()));
        Consumer<ModelDraft> mixed = draft -> {
            quantizing(List.of("first.weight", "columns.weight"), Kernel.FASTEST)
                    .accept(draft);
            quantizing(List.of("plain.weight"), Kernel.NONE).accept(draft);
            quantizing(List.of("affine.weight"), Kernel.DYNAMIC).accept(draft);
            draft.parametrize(
                    "turned.weight", digits(draft.find("turned.weight").orElseThrow(), Kernel.DYNAMIC));
            draft.parametrize("affine.weight", "default", Methods.lora(24, 2, 64, 0.5, 0));
        };
        Path file = write(archive, "mixed", mixed);
        ScriptArchive again = ScriptArchive.read(Checkpoint.open(file));
        Map<String, String> kernels = ScriptKernels.of(again, again.draft().tensors());
        assertEquals(
                Map.of(
                        "first.weight", "weight-only for up to 3 rows, dynamic for more rows",
                        "plain.weight", "dequantized, as the kernel is `none`",
                        "turned.weight", "dequantized, as no kernel takes codes of 4 bits and shape [64, 2, 32]",
                        "affine.weight", "dynamic",
                        "columns.weight", "dequantized, as the program does more with it than to multiply"),
                kernels);
        try (Model model = load(file)) {
            LiveScriptTarget live = LiveScriptTarget.of(model);
            assertEquals(kernels, live.kernels());
            live.release();
        }
        Path folded = write(again, "folded", draft -> WEIGHTS.forEach(draft::foldStorage));
        ScriptArchive plain = ScriptArchive.read(Checkpoint.open(folded));
        assertEquals(Map.of(), ScriptKernels.of(plain, plain.draft().tensors()));
    }

    private static List<String> problems(ScriptArchive archive, Consumer<ModelDraft> edits) {
        return ScriptChanges.of(archive, Archives.plan(archive, edits)).problems().stream()
                .map(problem -> problem.severity().name().toLowerCase(Locale.ROOT) + ": " + problem.message() + "; "
                        + problem.help())
                .toList();
    }

    /** Kernels take no gradients: in training the weight is dequantized, before, between and after forwards without. */
    @ParameterizedTest
    @CsvSource({"torchscript/models/products-scripted", "torchscript/models/products-traced"})
    void gradientsFlowToInputsAndAdapters(String fixture) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        Consumer<ModelDraft> adapting = draft -> {
            draft.tensors().stream()
                    .filter(tensor -> tensor.owner().isEmpty())
                    .map(DraftTensor::name)
                    .toList()
                    .forEach(draft::freeze);
            draft.parametrize("plain.weight", "default", Methods.lora(64, 2, 64, 0.5, 0));
            draft.parametrize("affine.weight", "default", Methods.lora(24, 2, 64, 0.5, 0));
        };
        Path file =
                write(archive, "fastest", quantizing(WEIGHTS, Kernel.FASTEST).andThen(adapting));
        Path none = write(archive, "none", quantizing(WEIGHTS, Kernel.NONE).andThen(adapting));
        List<float[]> gradients = new ArrayList<>();
        for (Path each : List.of(file, none)) {
            try (Model model = load(each)) {
                NDManager manager = model.getNDManager();
                model.getBlock()
                        .getParameters()
                        .forEach(pair -> pair.getValue().freeze(!pair.getKey().contains("lora_")));
                try (Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()))) {
                    ParameterStore store = new ParameterStore(manager, false);
                    NDArray input = input(manager, new long[] {6, 64});
                    NDArray plain = input.duplicate();
                    input.setRequiresGradient(true);
                    for (int step = 0; step < 4; step++) {
                        model.getBlock().forward(store, new NDList(plain), false);
                        try (GradientCollector collector = trainer.newGradientCollector()) {
                            NDArray output = model.getBlock()
                                    .forward(store, new NDList(input), true)
                                    .get(0);
                            collector.backward(output.square().sum());
                        }
                    }
                    gradients.add(input.getGradient().toFloatArray());
                    gradients.add(model.getBlock()
                            .getParameters()
                            .get(model.getBlock().getParameters().keys().stream()
                                    .filter(name -> name.contains("lora_B") && name.contains("affine"))
                                    .findFirst()
                                    .orElseThrow())
                            .getArray()
                            .getGradient()
                            .toFloatArray());
                    gradients.add(model.getBlock()
                            .forward(store, new NDList(plain), false)
                            .get(0)
                            .toFloatArray());
                }
            }
        }
        assertTrue(gradients.get(0)[0] != 0);
        assertArrayEquals(gradients.get(3), gradients.get(0));
        assertArrayEquals(gradients.get(4), gradients.get(1));
        double inference = apart(gradients.get(5), gradients.get(2));
        assertTrue(inference > 1e-4 && inference < 0.03, "kernels run in inference: " + inference);
    }

    /** The inputs of the first layer have no gradients, and it is trained all the same. */
    @ParameterizedTest
    @CsvSource({"torchscript/models/products-scripted", "torchscript/models/products-traced"})
    void trainingMultipliesWithTheNumbers(String fixture) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        List<float[]> outputs = new ArrayList<>();
        for (Kernel kernel : List.of(Kernel.DYNAMIC, Kernel.WEIGHT_ONLY, Kernel.NONE)) {
            try (Model model = load(write(archive, kernel.name(), quantizing(WEIGHTS, kernel)))) {
                NDManager manager = model.getNDManager();
                NDArray input = input(manager, new long[] {5, 64});
                for (boolean training : new boolean[] {false, true}) {
                    outputs.add(model.getBlock()
                            .forward(new ParameterStore(manager, false), new NDList(input), training)
                            .get(0)
                            .toFloatArray());
                }
            }
        }
        assertFalse(Arrays.equals(outputs.get(4), outputs.get(0)));
        assertFalse(Arrays.equals(outputs.get(4), outputs.get(2)));
        assertArrayEquals(outputs.get(5), outputs.get(1));
        assertArrayEquals(outputs.get(5), outputs.get(3));
    }

    /** What is read again is what was written; what is taken away leaves no trace. */
    @Test
    void aQuantizedProgramIsEditedAgain() throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/products-scripted");
        long[] shape = {5, 64};
        Consumer<ModelDraft> adapting = draft -> {
            draft.parametrize("first.weight", "default", Methods.lora(64, 2, 64, 0.5, 0));
            draft.parametrize("turned.weight", "default", Methods.lora(64, 2, 64, 0.5, 0));
        };
        Consumer<ModelDraft> quantizing = quantizing(WEIGHTS, Kernel.DYNAMIC);
        Path first = write(archive, "first", quantizing);
        Path printed = printed(first, "printed");
        Path once = write(archive, "once", quantizing.andThen(adapting));
        for (Path before : List.of(first, printed)) {
            ScriptArchive again = ScriptArchive.read(Checkpoint.open(before));
            assertEquals("", again.misunderstood());
            Form form = again.draft()
                    .find("plain.weight")
                    .orElseThrow()
                    .storage()
                    .orElseThrow()
                    .parametrization()
                    .form(new Expression.Below(io.graft.tensor.Shape.of(64, 64), DType.F32));
            assertEquals(Kernel.DYNAMIC, ((Form.ScaledCodes) form).kernel());
            String name = before.getParent().getFileName() + "-";
            assertArrayEquals(run(once, shape), run(write(again, name + "twice", adapting), shape));
            Path folded = write(again, name + "folded", draft -> WEIGHTS.forEach(weight -> draft.foldStorage(weight)));
            assertEquals(
                    0,
                    apart(
                            run(folded, shape),
                            run(write(archive, name + "none", quantizing(WEIGHTS, Kernel.NONE)), shape)),
                    1e-6);
            assertEquals(
                    List.of(),
                    Archives.members(folded).keySet().stream()
                            .filter(member -> member.contains("graft"))
                            .filter(member -> before == first)
                            .toList());
        }
    }

    /** As the engine writes a program that it has loaded, in its own words. */
    private Path printed(Path file, String name) throws Exception {
        Path path = Files.createDirectory(folder.resolve(name)).resolve("model.pt");
        try (Model model = load(file);
                ModuleCopy copy = new ModuleCopy(model.getBlock())) {
            Files.copy(copy.checkpoint().path(), path);
        }
        return path;
    }

    private Path write(ScriptArchive archive, String name, Consumer<ModelDraft> edits) throws IOException {
        return Archives.write(archive, Files.createDirectory(folder.resolve(name)), edits);
    }

    private static Model load(Path file) throws Exception {
        Model model = Model.newInstance("test", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        return model;
    }

    private static float[] run(Path file, long[] shape) throws Exception {
        try (Model model = load(file)) {
            NDManager manager = model.getNDManager();
            return model.getBlock()
                    .forward(new ParameterStore(manager, false), new NDList(input(manager, shape)), false)
                    .get(0)
                    .toFloatArray();
        }
    }

    private static NDArray input(NDManager manager, long[] shape) {
        Shape size = new Shape(shape);
        return manager.arange((int) size.size())
                .reshape(size)
                .toType(DataType.FLOAT32, false)
                .mul(0.37f)
                .sin();
    }

    private static long[] shape(String text) {
        return Arrays.stream(text.split(", ")).mapToLong(Long::parseLong).toArray();
    }

    /** The Frobenius norm of the difference, in parts of that of what is expected. */
    private static double apart(float[] values, float[] expected) {
        assertEquals(expected.length, values.length);
        double difference = 0;
        double whole = 0;
        for (int i = 0; i < values.length; i++) {
            difference += Math.pow(values[i] - expected[i], 2);
            whole += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / whole);
    }
}
