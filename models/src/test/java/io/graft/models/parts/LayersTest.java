package io.graft.models.parts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import ai.djl.training.initializer.Initializer;
import org.junit.jupiter.api.Test;

class LayersTest {
    @Test
    void aSumTakesThePlaceOfWhatWasMadeWhereNobodyElseHasIt() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray past = manager.create(new float[] {1, 2});
            NDArray made = manager.create(new float[] {10, 20});
            NDArray trained = Layers.sum(made, past, true);
            assertNotSame(made, trained);
            assertArrayEquals(new float[] {11, 22}, trained.toFloatArray());
            assertArrayEquals(new float[] {10, 20}, made.toFloatArray());
            assertSame(made, Layers.sum(made, past, false));
            assertArrayEquals(new float[] {11, 22}, made.toFloatArray());
            assertArrayEquals(new float[] {1, 2}, past.toFloatArray());
        }
    }

    /** As a sublayer that was replaced by an identity does. */
    @Test
    void whatASublayerGivesBackStaysAsItIs() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray past = manager.create(new float[] {1, 2});
            assertArrayEquals(new float[] {2, 4}, Layers.sum(past, past, false).toFloatArray());
            assertArrayEquals(new float[] {1, 2}, past.toFloatArray());
        }
    }

    /** The layer sees a matrix; a batch without texts has no rows that would tell its shape. */
    @Test
    void aLinearLayerKeepsEveryDimensionButTheLast() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Linear linear = Layers.linear(2, false);
            linear.setInitializer(Initializer.ONES, Parameter.Type.WEIGHT);
            Layers.initialize(manager, DataType.FLOAT32, 3, linear);
            ParameterStore store = new ParameterStore(manager, false);
            NDArray x = manager.arange(12f).reshape(2, 2, 3);
            NDArray sums = Layers.apply(linear, store, x, false);
            assertEquals(new Shape(2, 2, 2), sums.getShape());
            assertArrayEquals(new float[] {3, 3, 12, 12, 21, 21, 30, 30}, sums.toFloatArray());
            assertEquals(new Shape(2, 2, 3), x.getShape());
            NDArray empty = Layers.apply(linear, store, manager.zeros(new Shape(0, 4, 3)), false);
            assertEquals(new Shape(0, 4, 2), empty.getShape());
        }
    }
}
