package io.graft.djl.array;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EngineNumbersTest {
    /** As many as DJL's own closed arrays, when the JVM has collected what nothing leads to and others have its memory. */
    @Test
    void aBackwardPassFindsTheNumbers() {
        try (NDManager manager = NDManager.newBaseManager();
                GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            NDArray x = manager.ones(new Shape(1));
            x.setRequiresGradient(true);
            NDList products = new NDList();
            for (int i = 0; i < 2000; i++) {
                products.add(EngineNumbers.times(x, 3));
                products.add(EngineNumbers.timesInPlace(x.add(0), 2));
            }
            System.gc();
            NDList others = new NDList();
            IntStream.range(0, 20_000).forEach(i -> others.add(manager.create(1e30)));
            NDArray sum = NDArrays.concat(products).sum();
            collector.backward(sum);
            assertEquals(10_000, x.getGradient().getFloat());
        }
    }
}
