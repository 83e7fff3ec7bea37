package io.graft.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.modality.nlp.DefaultVocabulary;
import ai.djl.modality.nlp.embedding.TrainableWordEmbedding;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.apply.ModelModifierApplier;
import io.graft.djl.ModifiedModel;
import io.graft.djl.run.PyTorchEngine;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapters that are trained on an embedding which is stored as codes. */
class QuantizedEmbeddingTest {
    private static final long[] TOKENS = {3, 11, 3, 29};

    private final NDManager manager = NDManager.newBaseManager("PyTorch");
    private Model model;

    @BeforeEach
    void open() {
        PyTorchEngine.start();
        List<String> items = IntStream.range(0, 30).mapToObj(String::valueOf).toList();
        SequentialBlock block = new SequentialBlock()
                .add(new TrainableWordEmbedding(new DefaultVocabulary(items), 64))
                .add(Linear.builder().setUnits(4).build());
        block.initialize(manager, DataType.FLOAT32, new Shape(4));
        model = Model.newInstance("test", "PyTorch");
        model.setBlock(block);
    }

    @AfterEach
    void close() {
        model.close();
        manager.close();
    }

    private ModifiedModel run(String modifier) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString("graft.modifiers = [ { type = " + modifier + " } ]"))
                .run();
    }

    private NDArray forward(boolean training) {
        return model.getBlock()
                .forward(new ParameterStore(manager, false), new NDList(manager.create(TOKENS)), training)
                .singletonOrThrow();
    }

    /** Factors take the gradients of the rows that are looked up; rows of tokens those of their own, from a table that is made. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nf4 | target_modules = [\"0\"] | dequantized row by row, as they are looked up | 2",
                "int8 | target_modules = [\"0\"] | dequantized row by row, as they are looked up | 2",
                "int8 | target_modules = [\"1\"], trainable_token_indices { \"0\" = [5, 11] } | dequantized as a whole for each forward | 3"
            })
    void adaptersTrainOnCodes(String scheme, String adapter, String kernel, int trained) {
        run("quantization, target-modules = [\"0\"], skip = [], scheme = " + scheme);
        float[] before = forward(false).toFloatArray();
        ModifiedModel modified = run("lora, r = 8, " + adapter);
        assertArrayEquals(before, forward(false).toFloatArray(), 1e-6f);
        try (GradientCollector collector = PyTorchEngine.start().newGradientCollector()) {
            NDArray output = forward(true);
            assertArrayEquals(before, output.toFloatArray(), 1e-6f);
            collector.backward(output.sum());
        }
        assertEquals(Map.of("0.weight", kernel), modified.kernels());
        assertEquals(0, modified.cachedBytes());
        Map<String, Parameter> parameters = modified.parameters();
        assertEquals(
                trained,
                parameters.values().stream().filter(Parameter::requiresGradient).count());
        parameters.forEach((name, parameter) -> {
            if (name.contains("lora_embedding_A")) {
                assertArrayEquals(new long[] {3, 11, 29}, touched(parameter, 0));
            } else if (name.contains("trainable_tokens")) {
                assertArrayEquals(new long[] {1}, touched(parameter, 1));
            }
        });
    }

    /** Along one axis, what has gradients. */
    private static long[] touched(Parameter parameter, int other) {
        float[] sums =
                parameter.getArray().getGradient().abs().sum(new int[] {other}).toFloatArray();
        return IntStream.range(0, sums.length)
                .filter(i -> sums[i] > 0)
                .asLongStream()
                .toArray();
    }
}
