package io.graft.modifiers.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Model;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.graft.GraftException;
import io.graft.Report;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.model.parametrization.Loss;
import io.graft.problem.Problem;
import io.graft.problem.ProblemCode;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Quantization of a model in memory: codes in the place of its weights, or the model as it was. */
class LiveQuantizationTest {
    private static Config configuration(String options) {
        return ConfigFactory.parseString("graft.modifiers = [ { type = quantization, " + options + " } ]");
    }

    private static Model model(NDManager manager) {
        Model model = Model.newInstance("test", "PyTorch");
        SequentialBlock block = new SequentialBlock()
                .add(Linear.builder().setUnits(64).build())
                .add(Linear.builder().setUnits(4).build());
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 96));
        model.setBlock(block);
        return model;
    }

    private static float[] forward(Model model, NDManager manager) {
        NDArray input = manager.arange(2 * 96)
                .toType(DataType.FLOAT32, false)
                .reshape(2, 96)
                .div(100);
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(input), false)
                .singletonOrThrow()
                .toFloatArray();
    }

    /** Relative to the norm of the first. */
    private static double distance(float[] before, float[] after) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < before.length; i++) {
            difference += Math.pow((double) before[i] - after[i], 2);
            norm += Math.pow(before[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    @Test
    void outputsAreThoseOfWeightsThatAreALittleOff() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                Model model = model(manager)) {
            float[] before = forward(model, manager);
            Report report = ModelModifierApplier.create()
                    .model(model)
                    .configuration(configuration("scheme = int8, kernel = none"))
                    .run()
                    .report();
            float[] after = forward(model, manager);
            assertTrue(distance(before, after) < .05, () -> "off by " + distance(before, after));
            assertTrue(distance(before, after) > 0);
            for (String weight : new String[] {"0.weight", "1.weight"}) {
                Loss loss = report.plan().tensors().stream()
                        .filter(tensor -> tensor.name().equals(weight))
                        .flatMap(tensor -> tensor.storage().stream())
                        .flatMap(storage -> storage.parametrization().loss().stream())
                        .findFirst()
                        .orElseThrow();
                assertEquals(.006, loss.measured().orElseThrow(), .003, weight);
            }
        }
    }

    @Test
    void theModelIsAsItWasBeyondTheLargestError() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                Model model = model(manager)) {
            float[] before = forward(model, manager);
            var run = ModelModifierApplier.create()
                    .model(model)
                    .configuration(configuration("scheme = nf4, max-error = 0.001"));
            Problem problem =
                    assertThrows(GraftException.class, run::run).problems().get(0);
            assertEquals(ProblemCode.PRECISION_LOST, problem.code());
            assertEquals(1, problem.notes().size());
            assertArrayEquals(before, forward(model, manager));
        }
    }

    /** Of the layouts of every scheme, bit for bit as the whole table; what has blocks of rows is made as a whole. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scheme = int8 | row by row, as they are looked up",
                "scheme = nf4 | row by row, as they are looked up",
                "scheme = nf4, double-quantization = true | row by row, as they are looked up",
                "scheme = fp4, block-size = 32 | row by row, as they are looked up",
                "scheme = int4 | row by row, as they are looked up",
                "scheme = int4, symmetric = false | row by row, as they are looked up",
                "scheme = int8, layout = compressed-tensors | row by row, as they are looked up",
                "scheme = fp8, layout = compressed-tensors | row by row, as they are looked up",
                "scheme = fp8 | row by row, as they are looked up"
            })
    void rowsOfAnEmbeddingAreLookedUpAsCodes(String options, String kernel) {
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                Model model = Model.newInstance("test", "PyTorch")) {
            List<String> items =
                    IntStream.range(0, 200).mapToObj(String::valueOf).toList();
            SequentialBlock block =
                    new SequentialBlock().add(new TrainableWordEmbedding(new DefaultVocabulary(items), 384));
            block.initialize(manager, DataType.FLOAT32, new Shape(4));
            model.setBlock(block);
            ModifiedModel modified = ModelModifierApplier.create()
                    .model(model)
                    .configuration(configuration(options + ", target-modules = [\"0\"], skip = []"))
                    .run();
            NDArray indices = manager.create(new long[] {199, 0, 7, 131});
            ParameterStore store = new ParameterStore(manager, false);
            float[] rows = model.getBlock()
                    .forward(store, new NDList(indices), false)
                    .singletonOrThrow()
                    .toFloatArray();
            assertEquals(Map.of("0.weight", "dequantized " + kernel), modified.kernels());
            assertEquals(0, modified.cachedBytes());
            float[] whole = whole(modified);
            for (int i = 0; i < 4; i++) {
                int row = (int) indices.getLong(i);
                assertArrayEquals(
                        Arrays.copyOfRange(whole, row * 384, (row + 1) * 384),
                        Arrays.copyOfRange(rows, i * 384, (i + 1) * 384));
            }
        }
    }

    private static float[] whole(ModifiedModel modified) {
        try {
            return modified.read(draft ->
                    LazyTensors.floats(draft.find("0.weight").orElseThrow().value()));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
