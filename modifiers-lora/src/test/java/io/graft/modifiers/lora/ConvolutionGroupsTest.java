package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.Artifact;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.djl.ModifiedModel;
import io.graft.problem.ProblemCode;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolutions in groups, and with circular padding, held against PEFT and PyTorch, {@code make_groups.py}; P44. */
class ConvolutionGroupsTest {
    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);
    private static final Shape INPUT = new Shape(2, 4, 6, 6);

    @TempDir
    Path folder;

    private Model model;

    @AfterEach
    void close() {
        if (model != null) {
            model.close();
        }
    }

    private static Path file(String name) {
        return Fixtures.file("groups/" + name);
    }

    private static float[] expected(String name) {
        List<Double> values = ModelFixture.read(file("expected.safetensors")).values(name);
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }

    private Block openBlock() {
        model = Model.newInstance("network", "PyTorch");
        Block block = new SequentialBlock()
                .add(Conv2d.builder()
                        .setKernelShape(new Shape(2, 2))
                        .optDilation(new Shape(2, 2))
                        .setFilters(6)
                        .optGroups(2)
                        .build());
        block.initialize(model.getNDManager(), DataType.FLOAT32, INPUT);
        model.setBlock(block);
        return block;
    }

    private ModifiedModel run(String modifier) {
        return run("lora", modifier);
    }

    private ModifiedModel run(String type, String options) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(
                        ConfigFactory.parseString("graft.modifiers = [{ type = " + type + ", " + options + " }]"))
                .run();
    }

    private float[] outputs(NDManager scope, Block block) {
        return block.forward(new ParameterStore(scope, false), new NDList(input(scope)), false)
                .get(0)
                .toFloatArray();
    }

    private float[] outputs() {
        try (NDManager scope = model.getNDManager().newSubManager()) {
            return outputs(scope, model.getBlock());
        }
    }

    private static NDArray input(NDManager scope) {
        return scope.arange((float) INPUT.size()).sin().reshape(INPUT);
    }

    /** A block tells its groups; the branch beside it, run as PEFT runs it, gives the same. */
    @Test
    void theFactorsOfABlockFallIntoItsGroups() throws IOException {
        Block base = openBlock();
        float[] before = outputs();
        ModifiedModel modified = run("rank = 4, alpha = 8, target-modules = [\"0\"], init = random");
        assertEquals(List.of(), modified.report().plan().modifiers().get(0).warnings());
        Map<String, Parameter> parameters = modified.parameters();
        NDArray a = parameters.get("0.lora_A.default").getArray();
        NDArray b = parameters.get("0.lora_B.default").getArray();
        assertEquals(new Shape(4, 2, 2, 2), a.getShape());
        assertEquals(new Shape(6, 2, 1, 1), b.getShape());
        float[] adapted = outputs();
        try (NDManager scope = model.getNDManager().newSubManager()) {
            Shape one = new Shape(1, 1);
            NDArray narrow = Conv2d.conv2d(input(scope), a, null, one, new Shape(0, 0), new Shape(2, 2), 2)
                    .singletonOrThrow();
            NDArray branch = Conv2d.conv2d(narrow, b, null, one, new Shape(0, 0), one, 2)
                    .singletonOrThrow()
                    .mul(2);
            NDArray sum = scope.create(before, branch.getShape()).add(branch);
            assertArrayEquals(sum.toFloatArray(), adapted, 1e-5f);
        }
        AdapterSaver.peft().save(modified.adapters().get(0), folder.resolve("adapter"));
        model.setBlock(base);
        run("adapter-path = \"" + folder.resolve("adapter") + "\"");
        assertArrayEquals(adapted, outputs(), 1e-6f);
    }

    /** PEFT scales what a layer takes, all channels of it, whatever group they are in. */
    @Test
    void ia3HasANumberForEachInputOfAllGroups() throws IOException {
        openBlock();
        ModifiedModel modified =
                run("adapter", "method = ia3, target-modules = [\"0\"], settings { feedforward-modules = [\"0\"] }");
        NDArray scales = modified.parameters().get("0.ia3_l.default").getArray();
        assertEquals(new Shape(1, 4, 1, 1), scales.getShape());
        float[] expected;
        try (NDManager scope = model.getNDManager().newSubManager()) {
            NDArray chosen = scope.create(new float[] {2, -1, 0.5f, 3}, scales.getShape());
            expected = scaled(scope, chosen);
            scales.set(chosen.toFloatArray());
        }
        modified.invalidate();
        assertArrayEquals(expected, outputs(), 1e-5f);
    }

    private float[] scaled(NDManager scope, NDArray scales) {
        return model.getBlock()
                .forward(
                        new ParameterStore(scope, false),
                        new NDList(input(scope).mul(scales)),
                        false)
                .get(0)
                .toFloatArray();
    }

    /** What PEFT saved computes what PEFT computes, and with circular padding what it should: without merging, and merged. */
    @ParameterizedTest
    @ValueSource(strings = {"lora", "lora-merge"})
    void anAdapterOfPeftIsRight(String type) throws Exception {
        System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
        model = Model.newInstance("net", "PyTorch");
        model.load(file("scripted.pt").getParent(), "scripted.pt", Map.of("trainParam", "true"));
        float[] before = outputs();
        run(type, "adapter-path = \"" + file("adapter") + "\"");
        assertArrayEquals(expected("outputs"), outputs(), 1e-5f);
        assertFalse(Arrays.equals(before, outputs()));
    }

    /** The code of a program calls its convolutions with a number of groups, and new factors fall into them. */
    @ParameterizedTest
    @ValueSource(strings = {"scripted", "traced"})
    void theFactorsOfAProgramFallIntoItsGroups(String program) throws Exception {
        Path archive = Path.of("../core/src/test/resources/fixtures/torchscript/models/convolutions-" + program + ".pt")
                .toRealPath();
        model = Model.newInstance("net", "PyTorch");
        model.load(archive.getParent(), archive.getFileName().toString(), Map.of("trainParam", "true"));
        ModifiedModel modified = run("rank = 2, target-modules = [plain, grouped, line], init = random");
        assertEquals(List.of(), modified.report().plan().modifiers().get(0).warnings());
        Map<String, Parameter> parameters = modified.parameters();
        Map<String, Integer> groups = Map.of("plain", 1, "grouped", 2, "line", 1);
        groups.forEach((module, number) -> {
            long[] weight =
                    parameters.get(module + ".weight").getArray().getShape().getShape();
            long[] a = weight.clone();
            a[0] = 2;
            long[] b = weight.clone();
            Arrays.fill(b, 2, b.length, 1);
            b[1] = 2 / number;
            assertEquals(
                    new Shape(a),
                    parameters.get(module + ".lora_A.default").getArray().getShape());
            assertEquals(
                    new Shape(b),
                    parameters.get(module + ".lora_B.default").getArray().getShape());
        });
    }

    @Test
    void theOptionTellsWhereNothingDoes() throws IOException {
        String options = "rank = 4, target-modules = [grouped, circular], init = random, ";
        ModelFixture base = ModelFixture.read(file("base.safetensors"));
        ModifierRun run = base.apply(LORA.modifier(options + "groups { grouped = 2, circular = 1 }"))
                .succeeds();
        assertEquals(
                List.of("`circular` gets factors of rank 4, and no update of it has more than rank 3"), run.warnings());
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        assertEquals(
                shapes(file("adapter/adapter_model.safetensors")), shapes(folder.resolve("adapter_model.safetensors")));
    }

    private static Map<String, io.graft.tensor.Shape> shapes(Path adapter) {
        Map<String, io.graft.tensor.Shape> shapes = new TreeMap<>();
        ModelFixture.read(adapter).draft().tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape()));
        return shapes;
    }

    /** What PEFT saved is put on a model and saved again as it was, zeros and all. */
    @Test
    void theFactorOverAllGroupsIsSavedAsItWasRead() throws IOException {
        ModifierRun run = ModelFixture.read(file("base.safetensors"))
                .apply(LORA.modifier("adapter-path = \"" + file("adapter") + "\""))
                .succeeds();
        for (Artifact artifact : run.artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        ModelFixture before = ModelFixture.read(file("adapter/adapter_model.safetensors"));
        ModelFixture after = ModelFixture.read(folder.resolve("adapter_model.safetensors"));
        shapes(file("adapter/adapter_model.safetensors"))
                .keySet()
                .forEach(name -> assertEquals(before.values(name), after.values(name), name));
    }

    /** P44. */
    @Test
    void ranksAreMultiplesOfGroups() {
        ModelFixture.read(file("base.safetensors"))
                .apply(LORA.modifier("rank = 3, target-modules = [grouped], groups { grouped = 2 }"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "rank",
                        "`grouped` is in 2 groups, and its rank of 3 is no multiple of them",
                        "give it one of its own: rank-pattern { \"grouped\" = 4 }"))
                .changesNothing();
    }

    @Test
    void outputsFallIntoGroups() {
        ModelFixture.read(file("base.safetensors"))
                .apply(LORA.modifier("rank = 4, target-modules = [grouped], groups { grouped = 4 }"))
                .fails(new ReportedError(
                        ProblemCode.UNSUPPORTED_CHANGE,
                        "groups",
                        "`grouped` has 6 outputs, which do not fall into 4 groups",
                        ""))
                .changesNothing();
    }
}
