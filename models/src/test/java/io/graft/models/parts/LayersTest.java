package io.graft.models.parts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
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
}
