package io.graft.modifiers.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import com.typesafe.config.ConfigFactory;
import io.graft.Plan;
import io.graft.apply.LiveRun;
import io.graft.apply.ModelModifierApplier;
import io.graft.model.DraftTensor;
import io.graft.tensor.LazyTensors;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers of a live block whose weight lies as the layouts of files have it. */
class LiveLayoutsTest {
    private static final int IN = 256;
    private static final int OUT = 24;

    private Model model;

    @BeforeEach
    void open() {
        model = Model.newInstance("live", "PyTorch");
        SequentialBlock block =
                new SequentialBlock().add(Linear.builder().setUnits(OUT).build());
        model.setBlock(block);
        block.initialize(model.getNDManager(), DataType.FLOAT32, new Shape(3, IN));
    }

    @AfterEach
    void close() {
        model.close();
    }

    private NDArray inputs() {
        return model.getNDManager()
                .arange(0, 3 * IN, 1, DataType.FLOAT32)
                .reshape(3, IN)
                .mul(0.37f)
                .sin();
    }

    private float[] forward() {
        return model.getBlock()
                .forward(new ParameterStore(model.getNDManager(), false), new NDList(inputs()), false)
                .singletonOrThrow()
                .toFloatArray();
    }

    private LiveRun quantization(String options) {
        return ModelModifierApplier.create()
                .model(model)
                .configuration(ConfigFactory.parseString(
                        "graft.modifiers = [ { type = quantization, kernel = none, " + options + " } ]"));
    }

    private static DraftTensor stored(Plan plan) {
        return plan.tensors().stream()
                .filter(tensor -> tensor.storage().isPresent())
                .findFirst()
                .orElseThrow();
    }

    /** What the codes mean is what Java computes of them, and what the layer multiplies with. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "scheme = int4, group-size = 64",
                "scheme = int4, group-size = 32, symmetric = false",
                "scheme = int8, layout = compressed-tensors",
                "scheme = int8, layout = compressed-tensors, group-size = 64, symmetric = false",
                "scheme = fp8",
                "scheme = fp8, layout = compressed-tensors",
                "scheme = int8, layout = gguf",
                "scheme = int4, layout = gguf",
                "scheme = int4, layout = gguf, symmetric = false"
            })
    void aLayerMultipliesWithWhatItsCodesMean(String options) throws IOException {
        NDArray bias = model.getBlock().getParameters().valueAt(1).getArray().duplicate();
        LiveRun run = quantization(options);
        NDArray meant = model.getNDManager()
                .create(LazyTensors.floats(stored(run.plan()).value()), new Shape(OUT, IN));
        float[] expected = inputs().dot(meant.transpose()).add(bias).toFloatArray();
        float[] before = forward();
        run.run();
        assertArrayEquals(expected, forward(), 1e-5f);
        assertFalse(Arrays.equals(before, forward()));
    }
}
