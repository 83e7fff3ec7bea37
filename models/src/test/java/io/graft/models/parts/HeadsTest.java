package io.graft.models.parts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;

class HeadsTest {
    /** Where a linear layer was replaced by an identity, the three are the hidden states, which others look at, too. */
    @Test
    void whatIsAttendedStaysAsItWas() {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            NDArray hidden = manager.arange(24f).reshape(1, 3, 8).div(10);
            float[] before = hidden.toFloatArray();
            NDArray mask = manager.zeros(new Shape(1, 1, 1, 3), DataType.FLOAT32);
            NDArray attended = new Heads(2, 0).attend(hidden, hidden, hidden, mask, false);
            assertArrayEquals(before, hidden.toFloatArray());
            assertEquals(hidden.getShape(), attended.getShape());
            assertEquals(0, mask.sum().getFloat());
        }
    }
}
