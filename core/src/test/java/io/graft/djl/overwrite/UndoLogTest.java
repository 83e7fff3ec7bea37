package io.graft.djl.overwrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.nn.Parameter;
import io.graft.RollBackException;
import io.graft.djl.Held;
import io.graft.djl.array.ArraySlab;
import io.graft.djl.array.Slab;
import io.graft.djl.array.WeightWriter;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoLogTest {
    /** Flags are in memory, so these are restored all the same. */
    @Test
    void storageThatFailsLosesTheTensorsWhoseValuesAreInIt() throws IOException {
        try (Crew crew = new Crew();
                NDManager manager = Engine.getEngine("PyTorch").newBaseManager()) {
            Parameter weight = new Held(manager.zeros(new ai.djl.ndarray.types.Shape(2)))
                    .getParameters()
                    .get("a");
            Parameter bias = new Held(manager.zeros(new ai.djl.ndarray.types.Shape(2)))
                    .getParameters()
                    .get("a");
            UndoLog undo = new UndoLog(crew, true);
            save(undo, "weight", weight.getArray());
            save(undo, "head", weight.getArray());
            undo.saveFlags("bias", bias);
            bias.freeze(false);
            undo.close();
            RollBackException failure = assertThrows(RollBackException.class, undo::undo);
            assertEquals(List.of("head", "weight"), failure.tensors());
            assertInstanceOf(ClosedChannelException.class, failure.getCause());
            assertEquals(false, bias.requiresGradient());
        }
    }

    private static void save(UndoLog undo, String name, NDArray array) throws IOException {
        Slab slab = WeightWriter.slabs(array).get(0);
        try (ArraySlab open = ArraySlab.open(array, slab)) {
            undo.saveValues(name, array, slab, 0, open.bytes());
        }
    }
}
