package io.graft.models.parts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.graft.djl.operators.Operators;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadsTest {
    private static final Shape HIDDEN = new Shape(2, 5, 8);

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @AfterEach
    void close() {
        System.clearProperty(Operators.PROPERTY);
        manager.close();
    }

    /** Where a linear layer was replaced by an identity, the three are the hidden states, which others look at, too. */
    @Test
    void whatIsAttendedStaysAsItWas() {
        NDArray hidden = manager.arange(24f).reshape(1, 3, 8).div(10);
        float[] before = hidden.toFloatArray();
        NDArray mask = manager.zeros(new Shape(1, 1, 1, 3), DataType.FLOAT32);
        NDArray attended = new Heads(2, 0).attend(hidden, hidden, hidden, mask, false);
        assertArrayEquals(before, hidden.toFloatArray());
        assertEquals(hidden.getShape(), attended.getShape());
        assertEquals(0, mask.sum().getFloat());
    }

    private NDArray numbers(double step) {
        return manager.arange((float) HIDDEN.size()).mul(step).sin().reshape(HIDDEN);
    }

    private @Nullable NDArray mask(String seen) {
        return switch (seen) {
            case "all" -> null;
            case "some" ->
                PaddingMask.additive(manager.create(new long[] {1, 1, 1, 0, 0, 1, 1, 1, 1, 1}, new Shape(2, 5)));
            case "none" -> PaddingMask.additive(manager.zeros(new Shape(2, 5), DataType.INT64));
            default -> PaddingMask.additive(manager.arange(50f).mod(3).neq(0).reshape(2, 5, 5));
        };
    }

    /** In one piece and in steps: what comes out, and the gradients of the three. */
    @ParameterizedTest
    @ValueSource(strings = {"all", "some", "none", "by position"})
    void theEngineAttendsInOnePieceAsInSteps(String seen) {
        List<float[]> fused = attended(seen);
        System.setProperty(Operators.PROPERTY, "none");
        List<float[]> steps = attended(seen);
        for (int i = 0; i < fused.size(); i++) {
            assertArrayEquals(steps.get(i), fused.get(i), 1e-5f, "array " + i);
        }
        assertNotEquals(0, steps.get(3)[0]);
    }

    private List<float[]> attended(String seen) {
        List<NDArray> inputs = List.of(numbers(1), numbers(0.7), numbers(0.3));
        inputs.forEach(input -> input.setRequiresGradient(true));
        List<float[]> found = new ArrayList<>();
        try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
            NDArray context = new Heads(2, 0).attend(inputs.get(0), inputs.get(1), inputs.get(2), mask(seen), true);
            assertEquals(HIDDEN, context.getShape());
            found.add(context.toFloatArray());
            collector.backward(context.mul(numbers(0.9)).sum());
        }
        inputs.forEach(input -> found.add(input.getGradient().toFloatArray()));
        return found;
    }

    /** Probabilities are dropped in training, which the engine's one piece is not asked for. */
    @Test
    void dropoutIsOfProbabilities() {
        NDArray hidden = manager.ones(HIDDEN);
        NDArray dropped = new Heads(2, 0.5f).attend(hidden, hidden, hidden, null, true);
        assertNotEquals(hidden, dropped);
        assertEquals(hidden, new Heads(2, 0.5f).attend(hidden, hidden, hidden, null, false));
    }
}
