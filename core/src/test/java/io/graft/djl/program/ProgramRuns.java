package io.graft.djl.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import java.nio.file.Path;
import java.util.Map;

/** Programs that are loaded and run, and how far their outputs are apart. */
final class ProgramRuns {
    private ProgramRuns() {}

    /** The program, so that its parameters may be trained. */
    static Model load(Path file) throws Exception {
        Model model = Model.newInstance("test", "PyTorch");
        model.load(file.getParent(), file.getFileName().toString(), Map.of("trainParam", "true"));
        return model;
    }

    /** What a program gives for numbers of a shape. */
    static Values run(Path file, long[] input, boolean integers) throws Exception {
        return run(file, input, integers, 1);
    }

    /** @param scale of whole numbers */
    static Values run(Path file, long[] input, boolean integers, int scale) throws Exception {
        try (Model model = load(file)) {
            NDManager manager = model.getNDManager();
            NDList outputs = model.getBlock()
                    .forward(
                            new ParameterStore(manager, false),
                            new NDList(input(manager, input, integers, scale)),
                            false);
            return new Values(outputs.get(0).toFloatArray());
        }
    }

    static NDArray input(NDManager manager, long[] shape, boolean integers, int scale) {
        Shape size = new Shape(shape);
        NDArray numbers = manager.arange((int) size.size()).reshape(size);
        return integers
                ? numbers.mod(5).mul(scale).toType(DataType.INT64, false)
                : numbers.toType(DataType.FLOAT32, false).mul(0.37f).sin();
    }

    /** Values that an output has. */
    @SuppressWarnings("ArrayRecordComponent")
    record Values(float[] values) {
        double distance(Values other) {
            assertEquals(values.length, other.values.length);
            double distance = 0;
            for (int i = 0; i < values.length; i++) {
                distance = Math.max(distance, Math.abs(values[i] - other.values[i]));
            }
            return distance;
        }
    }
}
