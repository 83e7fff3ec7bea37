package io.graft.djl.program;

import static io.graft.djl.program.ProgramRuns.input;
import static io.graft.djl.program.ProgramRuns.load;
import static io.graft.djl.program.ProgramRuns.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import io.graft.Plan;
import io.graft.djl.Methods;
import io.graft.djl.run.PyTorchEngine;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Parametrization;
import io.graft.problem.Problem;
import io.graft.torchscript.Archives;
import io.graft.torchscript.ScriptArchive;
import io.graft.torchscript.ScriptChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parametrizations of low rank on programs: they run beside products, where dropped inputs are seen, and not elsewhere. */
class FactoredProgramTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void startOffline() {
        PyTorchEngine.start();
    }

    /** Where a weight is used in products alone, one of low rank runs beside them and sees dropped inputs. */
    @ParameterizedTest
    @CsvSource({
        "m43/scripted, encoder.weight, '5, 4'",
        "torchscript/models/gpt-traced, c_attn.weight, '2, 3, 4'",
        "torchscript/models/gpt-scripted, c_attn.weight, '2, 3, 4'",
        "torchscript/models/words-scripted, into, '1, 4'",
        "torchscript/models/words-traced, out, '1, 4'"
    })
    void anInputDropoutCountsInTrainingAlone(String fixture, String weight, String input) throws Exception {
        ScriptArchive archive = Archives.open(fixture);
        Consumer<ModelDraft> adapt = draft -> {
            io.graft.tensor.Shape shape = draft.find(weight).orElseThrow().shape();
            draft.parametrize(weight, "default", Methods.lora(shape.dimension(0), 2, shape.dimension(1), 1, 0.5));
        };
        Path dropping = write(archive, "dropping", adapt);
        Path folded = write(archive, "folded", adapt.andThen(draft -> draft.foldAdapter("default")));
        long[] shape =
                Arrays.stream(input.split(", ")).mapToLong(Long::parseLong).toArray();
        boolean integers = fixture.contains("words");
        assertEquals(0, run(dropping, shape, integers).distance(run(folded, shape, integers)), 1e-6);
        try (Model model = load(dropping)) {
            NDManager manager = model.getNDManager();
            NDList inputs = new NDList(input(manager, shape, integers, 1));
            ParameterStore store = new ParameterStore(manager, false);
            model.getBlock().forward(store, inputs, false);
            float[] one = model.getBlock().forward(store, inputs, true).get(0).toFloatArray();
            double apart = 0;
            for (int i = 0; i < 5; i++) {
                NDList other = model.getBlock().forward(store, inputs, true);
                apart = Math.max(
                        apart,
                        new ProgramRuns.Values(one)
                                .distance(new ProgramRuns.Values(other.get(0).toFloatArray())));
            }
            assertTrue(apart > 1e-4, "other inputs are dropped");
        }
    }

    /** The row for padding takes no gradient, as in the table itself. */
    @ParameterizedTest
    @CsvSource({"words-scripted", "words-traced"})
    void aTableRunsFactoredAndItsPaddingStays(String fixture) throws Exception {
        Path file = write(
                Archives.open("torchscript/models/" + fixture),
                "table",
                draft -> draft.parametrize("words.weight", "default", Methods.lora(6, 2, 4, 1, 0)));
        try (Model model = load(file)) {
            NDManager manager = model.getNDManager();
            Trainer trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()));
            trainer.initialize(new Shape(1, 4));
            try (GradientCollector gradients = trainer.newGradientCollector()) {
                NDArray ids = manager.create(new long[] {0, 2, 0, 5}, new Shape(1, 4));
                gradients.backward(trainer.forward(new NDList(ids))
                        .singletonOrThrow()
                        .square()
                        .sum());
            }
            NDArray rows = model.getBlock()
                    .getParameters()
                    .get("words.lora_B.default")
                    .getArray()
                    .getGradient()
                    .abs()
                    .sum(new int[] {1});
            float[] sums = rows.toFloatArray();
            for (int row = 0; row < 6; row++) {
                assertEquals(row == 2 || row == 5, sums[row] > 0, "row " + row);
            }
            trainer.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"reader, fc.weight", "tied-traced, emb.weight", "convolutions-traced, plain.weight"})
    void anInputDropoutIsRefusedElsewhere(String fixture, String weight) throws Exception {
        ScriptArchive archive = Archives.open("torchscript/models/" + fixture);
        Plan plan = Archives.plan(archive, draft -> {
            io.graft.tensor.Shape shape = draft.find(weight).orElseThrow().shape();
            long out = shape.dimension(0);
            draft.parametrize(weight, "default", Methods.lora(out, 2, shape.elementCount() / out, 1, 0.5));
        });
        assertEquals(
                List.of("a program that computes a weight as a whole cannot drop out inputs: `" + weight
                        + "` with lora"),
                ScriptChanges.of(archive, plan).problems().stream()
                        .map(Problem::message)
                        .toList());
    }

    @Test
    void aProductOfLowRankRunsBesideCodes() throws Exception {
        ScriptArchive archive = Archives.open("m43/scripted");
        Parametrization int8 = Methods.Int8.ofThreeByFour();
        Parametrization lora = Methods.lora(3, 2, 4, 2, 0);
        Path both = write(archive, "both", draft -> {
            draft.parametrize("encoder.weight", int8);
            draft.parametrize("encoder.weight", "default", lora);
        });
        Path folded = write(archive, "folded", draft -> {
            draft.fold("encoder.weight", int8);
            draft.fold("encoder.weight", lora);
        });
        long[] shape = {5, 4};
        assertEquals(0, run(both, shape, false).distance(run(folded, shape, false)), 1e-6);
    }

    private Path write(ScriptArchive archive, String name, Consumer<ModelDraft> edits) throws IOException {
        return Archives.write(archive, Files.createDirectory(folder.resolve(name)), edits);
    }
}
