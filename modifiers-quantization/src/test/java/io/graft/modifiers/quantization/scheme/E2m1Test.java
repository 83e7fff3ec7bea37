package io.graft.modifiers.quantization.scheme;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class E2m1Test {
    /** The numbers are 0, 0.5, 1, 1.5, 2, 3, 4 and 6, by their codes; a group whose largest is 6 has the scale 1. */
    @Test
    void halfWayTheEvenCodeIsTaken() throws IOException {
        double[] values = {6, .25, .75, 1.25, 1.75, 2.5, 3.5, 5, -.25, -.75, -5, .26, 2.49, 4.99, 5.01, 7};
        byte[] codes = {7, 0, 2, 2, 4, 4, 6, 6, 8, 10, 14, 1, 4, 6, 7, 7};
        Shape shape = Shape.of(1, 32);
        QuantizedWeight weight = new QuantizedWeight(
                "a.weight",
                LazyTensors.generate(
                        "values", DType.F32, shape, place -> place < values.length ? values[(int) place] : 0),
                new MicroFloats(),
                DType.F32,
                Double.POSITIVE_INFINITY);
        ByteBuffer written = ByteBuffer.allocate(32);
        weight.codes(DType.U8, shape, Packing.single()).materialize().read(0, written);
        assertArrayEquals(Arrays.copyOf(codes, 32), written.array());
    }
}
