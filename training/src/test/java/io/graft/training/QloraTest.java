package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.FileRun;
import io.graft.apply.LiveRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.StoredTensor;
import io.graft.djl.ModifiedModel;
import io.graft.model.DraftTensor;
import io.graft.modifiers.lora.AdapterSaver;
import io.graft.tensor.LazyTensors;
import io.graft.training.optimizer.AdamW;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Adapters on quantized weights, held against what bitsandbytes restores and PyTorch computes, {@code
 * benchmarks/reference/make_qlora.py} and {@code make_qlora_codes.py}: on a native block and on programs, by one file. Letters and numbers are ids of the reference.
 */
class QloraTest {
    private static final List<String> FACTORS = List.of("0.lora_A", "0.lora_B", "2.lora_A", "2.lora_B");
    private static final int STEPS = 5;

    /** Checkpoints whose codes have zero points. */
    private static final Set<String> KEPT = Set.of("gptq", "awq");

    @TempDir
    Path folder;

    private Model model = Model.newInstance("qlora", "PyTorch");

    @AfterEach
    void close() {
        model.close();
    }

    private static Path file(String name) {
        try {
            return Path.of(QloraTest.class.getResource("/qlora/" + name).toURI());
        } catch (URISyntaxException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static float[] golden(String scheme, String name) throws IOException {
        return LazyTensors.floats(StoredTensor.of(
                Checkpoint.open(file(scheme + ".safetensors")).tensors().get(name), "golden"));
    }

    private static String quantization(String scheme) {
        return "{ type = quantization, scheme = " + scheme.replace("-double", ", double-quantization = true") + " }";
    }

    /** Numbers that are quantized, or the first layer's codes as a checkpoint has them. */
    private static String weights(String scheme) {
        return KEPT.contains(scheme)
                ? "{ type = transfer-learning, checkpoint-path = \"" + file(scheme) + "\", keep-codes {} }"
                : "{ type = transfer-learning, checkpoint-path = \"" + file("model.safetensors") + "\" }, "
                        + quantization(scheme);
    }

    private static String modifiers(String scheme) {
        return "graft.modifiers = [ " + weights(scheme)
                + ", { type = lora, rank = 4, alpha = 8, target-modules = [\"0\", \"2\"], init = random } ]";
    }

    /**
     * @param kind a program, or {@code block}
     */
    private LiveRun open(String kind, String configuration) {
        model.close();
        model = kind.equals("block") ? Trained.block(network(), new Shape(6, 64)) : program(file(kind + ".pt"));
        return ModelModifierApplier.create().model(model).configuration(ConfigFactory.parseString(configuration));
    }

    private static Block network() {
        return new SequentialBlock()
                .add(Linear.builder().setUnits(32).build())
                .add(Activation::tanh)
                .add(Linear.builder().setUnits(4).build());
    }

    private static Model program(Path file) {
        Model program = Model.newInstance("program", "PyTorch");
        try {
            program.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        } catch (Exception unreadable) {
            throw new AssertionError(unreadable);
        }
        return program;
    }

    /** With the factors that PyTorch started with. */
    private ModifiedModel started(String kind, String scheme) throws IOException {
        ModifiedModel modified = open(kind, modifiers(scheme)).run();
        for (String factor : FACTORS) {
            modified.parameters().get(factor + ".default").getArray().set(golden("start", factor));
        }
        return modified;
    }

    private static NDArray input(NDManager scope) {
        return array(scope, "x", new Shape(6, 64));
    }

    private static NDArray array(NDManager scope, String name, Shape shape) {
        try {
            return scope.create(golden("start", name), shape);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The loss, whose gradients are there afterwards. */
    private static float backward(Trainer trainer, NDArray input) {
        try (GradientCollector collector = trainer.newGradientCollector()) {
            NDList outputs = trainer.forward(new NDList(input));
            NDArray loss = outputs.singletonOrThrow()
                    .sub(array(input.getManager(), "target", new Shape(6, 4)))
                    .square()
                    .mean();
            collector.backward(loss);
            return loss.getFloat();
        }
    }

    private static float[] outputs(Block block, NDManager manager) {
        try (NDManager scope = manager.newSubManager()) {
            return block.forward(new ParameterStore(scope, false), new NDList(input(scope)), false)
                    .singletonOrThrow()
                    .toFloatArray();
        }
    }

    private float[] outputs() {
        return outputs(model.getBlock(), model.getNDManager());
    }

    private static ModelTrainer trainer(ModifiedModel modified) {
        return Trained.trainer(
                modified,
                TrainingOptions.of(
                        new AdamW(1e-2, 0.9, 0.999, 1e-8, 0.1, List.of(), Optional.empty(), Optional.empty())));
    }

    private static float[] value(ModifiedModel modified, String weight) throws IOException {
        return modified.read(draft -> {
            DraftTensor tensor = draft.find(weight).orElseThrow();
            return LazyTensors.floats(tensor.held().orElseGet(tensor::base));
        });
    }

    /** P51, with gradients: those of adapters and of the inputs are PyTorch's with the restored weights. */
    @ParameterizedTest
    @CsvSource({
        "block, nf4", "block, nf4-double", "block, int8",
        "scripted, nf4", "scripted, nf4-double", "scripted, int8",
        "traced, nf4", "traced, nf4-double", "traced, int8",
        "block, gptq", "scripted, gptq", "traced, gptq",
        "block, awq", "scripted, awq", "traced, awq"
    })
    void p51GradientsAreThoseOverTheRestoredWeights(String kind, String scheme) throws IOException {
        ModifiedModel modified = started(kind, scheme);
        for (String weight : List.of("0.weight", "2.weight")) {
            assertArrayEquals(golden(scheme, "restored." + weight), value(modified, weight), 1e-7f);
        }
        try (ModelTrainer trainer = trainer(modified);
                NDManager scope = trainer.getManager().newSubManager()) {
            NDArray input = input(scope);
            input.setRequiresGradient(true);
            assertEquals(golden(scheme, "loss.0")[0], backward(trainer, input), 1e-6f);
            assertArrayEquals(golden(scheme, "gradient.x"), input.getGradient().toFloatArray(), 1e-6f);
            for (String factor : FACTORS) {
                NDArray array = modified.parameters().get(factor + ".default").getArray();
                assertArrayEquals(
                        golden(scheme, "gradient." + factor),
                        array.getGradient().toFloatArray(),
                        1e-6f,
                        factor);
            }
        }
    }

    /** In inference too, where a kernel may round. */
    @ParameterizedTest
    @CsvSource({"block, nf4", "scripted, nf4", "traced, nf4"})
    void p51OutputsAreThoseOverTheRestoredWeights(String kind, String scheme) throws IOException {
        started(kind, scheme).invalidate();
        assertArrayEquals(golden(scheme, "outputs"), outputs(), 1e-5f);
    }

    /** The adapters go where PyTorch's go, and nothing else moves. */
    @ParameterizedTest
    @CsvSource({
        "block, nf4", "block, nf4-double", "block, int8",
        "scripted, nf4", "scripted, nf4-double", "scripted, int8",
        "traced, nf4", "traced, nf4-double", "traced, int8",
        "block, gptq", "scripted, gptq", "traced, gptq",
        "block, awq", "scripted, awq", "traced, awq"
    })
    void stepsAreThoseOfPyTorch(String kind, String scheme) throws IOException {
        ModifiedModel modified = started(kind, scheme);
        Map<String, ByteBuffer> before = Trained.bytes(modified);
        assertTrue(before.keySet().stream()
                        .filter(name -> name.startsWith("0.") && name.contains("weight"))
                        .count()
                > 0);
        try (ModelTrainer trainer = trainer(modified)) {
            for (int step = 0; step < STEPS; step++) {
                try (NDManager scope = trainer.getManager().newSubManager()) {
                    assertEquals(golden(scheme, "loss." + step)[0], backward(trainer, input(scope)), 1e-5f);
                }
                trainer.step();
                for (String factor : FACTORS) {
                    assertArrayEquals(
                            golden(scheme, "step." + step + "." + factor),
                            modified.parameters()
                                    .get(factor + ".default")
                                    .getArray()
                                    .toFloatArray(),
                            1e-5f,
                            factor + " after step " + step);
                }
            }
        }
        assertEquals(
                FACTORS.stream().map(factor -> factor + ".default").toList(),
                Trained.changed(before, Trained.bytes(modified)));
    }

    private static String seeded(String scheme) {
        return modifiers(scheme).replace("init = random", "init = random, seed = 7");
    }

    private FileRun file(String checkpoint, String modifiers, String out) {
        return ModelModifierApplier.create()
                .configuration(ConfigFactory.parseString("graft.model.checkpoint = \"" + checkpoint
                        + "\", graft.output.path = \"" + folder.resolve(out) + "\", " + modifiers));
    }

    private static Set<String> names(Path file) {
        return new TreeSet<>(Checkpoint.open(file).stored().keySet());
    }

    /** One file on the block, the programs and the bare checkpoint, whose two parts a block is filled from again. */
    @ParameterizedTest
    @ValueSource(strings = {"nf4", "nf4-double", "int8"})
    void oneFileGivesTheSameNumbers(String scheme) throws IOException {
        String exact = seeded(scheme).replace("scheme = int8", "scheme = int8, kernel = none");
        open("block", exact).run();
        float[] expected = outputs();
        for (String program : List.of("scripted", "traced")) {
            open(program, exact).run();
            assertArrayEquals(expected, outputs(), 1e-5f, program);
        }
        file(file("model.safetensors").toString(), exact.replaceFirst("\\{ type = transfer[^}]*\\}, ", ""), "bare")
                .run();
        assertEquals(
                new TreeSet<>(List.of(
                        "adapter_config.json",
                        "adapter_model.safetensors",
                        "graft-manifest.json",
                        "model.safetensors")),
                new TreeSet<>(List.of(folder.resolve("bare").toFile().list())));
        assertEquals(stored(scheme), names(folder.resolve("bare/model.safetensors")));
        Checkpoint base = Checkpoint.open(folder.resolve("bare/model.safetensors"));
        for (String weight : List.of("0.weight", "2.weight")) {
            assertArrayEquals(
                    golden(scheme, "restored." + weight),
                    LazyTensors.floats(StoredTensor.of(base.tensors().get(weight), "bare")),
                    1e-7f);
        }
        open(
                        "block",
                        "graft.modifiers = [ { type = transfer-learning, checkpoint-path = \""
                                + folder.resolve("bare/model.safetensors") + "\" }, { type = lora, adapter-path = \""
                                + folder.resolve("bare") + "\" } ]")
                .run();
        assertArrayEquals(expected, outputs(), 1e-5f);
    }

    /** What bitsandbytes has of two layers. */
    private static Set<String> stored(String scheme) {
        List<String> parts = switch (scheme) {
            case "nf4" -> List.of("weight.absmax", "weight.quant_map", "weight.quant_state.bitsandbytes__nf4");
            case "nf4-double" ->
                List.of(
                        "weight.absmax",
                        "weight.nested_absmax",
                        "weight.nested_quant_map",
                        "weight.quant_map",
                        "weight.quant_state.bitsandbytes__nf4");
            default -> List.of("SCB", "weight_format");
        };
        TreeSet<String> names = new TreeSet<>();
        for (String layer : List.of("0.", "2.")) {
            names.add(layer + "weight");
            names.add(layer + "bias");
            parts.forEach(part -> names.add(layer + part));
        }
        return names;
    }

    /** P52: a program is saved after training, with codes and adapters under their own names, and is the same one again. */
    @ParameterizedTest
    @CsvSource({"scripted, nf4", "scripted, int8", "traced, nf4-double", "traced, int8"})
    void p52ATrainedProgramIsSavedAndOpenedAgain(String kind, String scheme) throws IOException {
        ModifiedModel modified = started(kind, scheme);
        train(modified);
        float[] trained = outputs();
        Path saved = modified.saveProgram(folder.resolve("saved")).path();
        Set<String> expected = stored(scheme);
        FACTORS.forEach(factor -> expected.add(factor + ".default"));
        Set<String> found = names(saved);
        // What code needs beside them is its own.
        found.removeIf(name -> name.startsWith("adapter_weight") || name.contains(".graft_"));
        assertEquals(expected, found);
        model.close();
        model = program(saved);
        assertArrayEquals(trained, outputs());
        ModifiedModel again = ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = []"))
                .run();
        again.activate(Map.of());
        float[] base = outputs();
        assertFalse(Arrays.equals(trained, base));
        again.activate(Map.of("default", 1.0));
        assertArrayEquals(trained, outputs());
    }

    /** P52: DJL's own file of a block, read by one that was modified likewise. */
    @ParameterizedTest
    @ValueSource(strings = {"nf4", "nf4-double", "int8"})
    void p52ATrainedBlockIsSavedAndLoadedAgain(String scheme) throws Exception {
        ModifiedModel modified = started("block", scheme);
        train(modified);
        modified.invalidate();
        float[] trained = outputs();
        Map<String, ByteBuffer> bytes = Trained.bytes(modified);
        model.save(Files.createDirectory(folder.resolve("saved")), "qlora");
        ModifiedModel again = open("block", modifiers(scheme)).run();
        assertFalse(Trained.changed(bytes, Trained.bytes(again)).isEmpty());
        model.load(folder.resolve("saved"), "qlora");
        assertEquals(List.of(), Trained.changed(bytes, Trained.bytes(again)));
        assertArrayEquals(trained, outputs());
    }

    /** The mean of scales is no tensor of its own: read with that of other weights, codes would stand for other numbers. */
    @Test
    void aFileOfOtherWeightsIsRefusedWhereItWouldMeanOthers() throws Exception {
        for (String scheme : List.of("nf4", "nf4-double")) {
            ModifiedModel modified = started("block", scheme);
            modified.invalidate();
            float[] expected = outputs();
            model.save(Files.createDirectory(folder.resolve(scheme)), "qlora");
            open("block", modifiers(scheme).replaceFirst("\\{ type = transfer[^}]*\\}, ", ""))
                    .run();
            if (scheme.equals("nf4")) {
                model.load(folder.resolve(scheme), "qlora");
                assertArrayEquals(expected, outputs());
            } else {
                assertEquals(
                        "`0.weight.quant_state.bitsandbytes__nf4` of the file is not that of the model, whose codes were made"
                                + " of other weights: quantize the weights that the file's codes were made of before it is"
                                + " loaded",
                        assertThrows(MalformedModelException.class, () -> model.load(folder.resolve(scheme), "qlora"))
                                .getMessage());
            }
        }
    }

    /** The adapter alone, in PEFT's files, on the quantized base that stays as it is and on one that is not quantized. */
    @ParameterizedTest
    @CsvSource({"block, nf4", "scripted, nf4-double", "traced, int8"})
    void theAdapterAloneIsSaved(String kind, String scheme) throws IOException {
        ModifiedModel modified = started(kind, scheme);
        train(modified);
        float[] trained = outputs();
        Path adapter = folder.resolve("adapter");
        AdapterSaver.peft().save(modified.adapters().get(0), adapter);
        TreeSet<String> expected = new TreeSet<>();
        FACTORS.forEach(factor -> expected.add("base_model.model." + factor + ".weight"));
        assertEquals(expected, names(adapter.resolve("adapter_model.safetensors")));
        String loaded = "{ type = lora, adapter-path = \"" + adapter + "\" } ]";
        String transfer = "graft.modifiers = [ { type = transfer-learning, checkpoint-path = \""
                + file("model.safetensors") + "\" }, ";
        open(kind, transfer + quantization(scheme) + ", " + loaded).run();
        assertArrayEquals(trained, outputs());
        open(kind, transfer + loaded).run();
        float[] plain = outputs();
        double apart = 0;
        double norm = 0;
        for (int i = 0; i < plain.length; i++) {
            apart += Math.pow(plain[i] - trained[i], 2);
            norm += Math.pow(plain[i], 2);
        }
        assertEquals(0, Math.sqrt(apart / norm), 0.2, "what quantization loses");
    }

    /** Whether it is quantized by the same file or was before, what an adapter starts from is what the codes stand for. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "block | init = pissa",
                "block | modules-to-save = [\"2\"]",
                "block | use-dora = true",
                "scripted | init = olora",
                "scripted | modules-to-save = [\"2\"]",
                "traced | init = pissa_niter_4",
                "traced | modules-to-save = [\"2\"]"
            })
    void aNewAdapterChangesNothing(String kind, String options) throws IOException {
        String transfer = "{ type = transfer-learning, checkpoint-path = \"" + file("model.safetensors") + "\" }, ";
        String lora = "{ type = lora, rank = 4, target-modules = [\"0\"], " + options + " }";
        open(kind, "graft.modifiers = [ " + transfer + quantization("nf4") + " ]")
                .run();
        float[] expected = outputs();
        ModifiedModel later = ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [ " + lora + " ]"))
                .run();
        assertArrayEquals(expected, outputs(), 1e-6f);
        Map<String, ByteBuffer> before = Trained.bytes(later);
        train(later);
        later.invalidate();
        assertFalse(Arrays.equals(expected, outputs()));
        assertEquals(
                List.of(),
                Trained.changed(before, Trained.bytes(later)).stream()
                        .filter(name -> !name.endsWith(".default"))
                        .toList());
        later.activate(Map.of());
        assertArrayEquals(expected, outputs());
        open(kind, "graft.modifiers = [ " + transfer + quantization("nf4") + ", " + lora + " ]")
                .run();
        assertArrayEquals(expected, outputs(), 1e-6f);
    }

    private static void train(ModifiedModel modified) {
        try (ModelTrainer trainer = trainer(modified)) {
            for (int step = 0; step < STEPS; step++) {
                try (NDManager scope = trainer.getManager().newSubManager()) {
                    backward(trainer, input(scope));
                }
                trainer.step();
            }
        }
    }
}
