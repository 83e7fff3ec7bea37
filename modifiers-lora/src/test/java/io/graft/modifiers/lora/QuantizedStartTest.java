package io.graft.modifiers.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.types.DataType;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import com.typesafe.config.ConfigFactory;
import io.graft.Artifact;
import io.graft.GraftException;
import io.graft.ModifierRecord;
import io.graft.Plan;
import io.graft.ValueWatch;
import io.graft.apply.ModelModifierApplier;
import io.graft.checkpoint.write.WriteOptions;
import io.graft.djl.BlockTarget;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.ModelDraft;
import io.graft.problem.ProblemCode;
import io.graft.tensor.Shape;
import io.graft.testkit.ModelFixture;
import io.graft.testkit.ModifierRun;
import io.graft.testkit.ModifierTester;
import io.graft.testkit.ReportedError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoftQ, held against what PEFT's loop gives, {@code make_loftq.py}. */
class QuantizedStartTest {
    private static final ModifierTester LORA = ModifierTester.of(LoraModelModifier.class);
    private static final String MESSAGE =
            "is not quantized here, and `loftq` starts from what quantization loses: quantize the original weight in the same"
                    + " run, before";

    @TempDir
    Path folder;

    private static ModelFixture golden(int iterations) {
        return ModelFixture.read(Fixtures.file("loftq/iterations-" + iterations + ".safetensors"));
    }

    /** A linear layer with the weight of the reference. */
    private static ModelFixture model() {
        double[] weight =
                golden(1).values("weight").stream().mapToDouble(value -> value).toArray();
        return ModelFixture.empty().with("lin.weight", Shape.of(12, 8), weight).with("lin.bias", Shape.of(12), 0);
    }

    private static void quantize(ModelDraft draft) {
        draft.parametrize(
                "lin.weight", Quarters.of(draft.find("lin.weight").orElseThrow().base()));
    }

    private static ModifierRun start(String options) {
        return model().apply((draft, context) -> quantize(draft))
                .then(LORA.modifier("rank = 4, target-modules = [lin], init = loftq, " + options));
    }

    /** The update is PEFT's with a scale of 1; with others it is the same one, and PEFT's is not. */
    @ParameterizedTest
    @CsvSource({"3, alpha = 4", "3, alpha = 32", "1, alpha = 4", "1, alpha = 32", "1, 'alpha = 8, use-rslora = true'"})
    void whatIsLostIsInTheFactors(int iterations, String options) {
        ModifierRun run = start("loftq-config { loftq_bits = 4, loftq_iter = " + iterations + " }, " + options)
                .succeeds();
        List<Double> adapted = run.values("lin.weight");
        run.model().activate(Map.of());
        List<Double> held = run.values("lin.weight");
        // Codes have no negative zero.
        assertEquals(
                golden(iterations).values("held").stream()
                        .map(value -> value + 0.0)
                        .toList(),
                held);
        List<Double> update = golden(iterations).values("update");
        for (int i = 0; i < update.size(); i++) {
            assertEquals(update.get(i), adapted.get(i) - held.get(i), 1e-5, "at " + i);
        }
        assertTrue(distance(adapted) < 0.6 * distance(held));
        assertEquals(List.of("lin.lora_A.default", "lin.lora_B.default"), run.trainable());
    }

    private static double distance(List<Double> values) {
        List<Double> weight = golden(1).values("weight");
        double squares = 0;
        for (int i = 0; i < values.size(); i++) {
            squares += Math.pow(values.get(i) - weight.get(i), 2);
        }
        return Math.sqrt(squares);
    }

    /** PEFT would quantize its base once more when it loads an adapter that says how it started. */
    @Test
    void theFilesAreThoseOfAPlainAdapter() throws IOException {
        for (Artifact artifact : start("").artifacts()) {
            artifact.write(folder, WriteOptions.DEFAULT);
        }
        AdapterSettings settings = AdapterSettings.read(folder.resolve("adapter_config.json"));
        assertEquals(true, settings.get("init_lora_weights"));
        assertEquals(4L, settings.get("r"));
    }

    @Test
    void aWeightThatIsNotQuantizedIsRefused() {
        model().apply(LORA.modifier("rank = 4, target-modules = [lin], init = loftq"))
                .fails(new ReportedError(ProblemCode.UNSUPPORTED_CHANGE, "init", "`lin` " + MESSAGE, ""))
                .changesNothing();
    }

    /** What it was quantized from is gone. */
    @Test
    void aWeightThatCameQuantizedIsRefused() throws IOException {
        try (Model model = Model.newInstance("network", "PyTorch")) {
            Block block = new SequentialBlock().add(Linear.builder().setUnits(3).build());
            block.initialize(model.getNDManager(), DataType.FLOAT32, new ai.djl.ndarray.types.Shape(1, 4));
            model.setBlock(block);
            BlockTarget target = BlockTarget.of(model);
            ModelDraft draft = target.draft();
            draft.parametrize(
                    "0.weight", Quarters.of(draft.find("0.weight").orElseThrow().base()));
            ModifierRecord record = new ModifierRecord(
                    0, "quantize", "test", Map.of(), draft.changes(), List.of(), List.of(), List.of());
            target.commit(
                            new Plan(target.ref(), List.of(record), List.copyOf(draft.tensors()), List.of()),
                            new ValueWatch())
                    .close();
            GraftException refused = assertThrows(
                    GraftException.class,
                    () -> ModelModifierApplier.create()
                            .model(model)
                            .configuration(
                                    ConfigFactory.parseString(
                                            "graft.modifiers = [{ type = lora, rank = 2, target-modules = [\"0\"], init = loftq }]"))
                            .run());
            assertEquals("`0` " + MESSAGE, refused.problems().get(0).message());
        }
    }
}
