package io.graft.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LazyTensorsTest {
    private record Fixed(DType dtype, Shape shape, TensorData materialize) implements LazyTensor {
        @Override
        public List<LazyTensor> inputs() {
            return List.of();
        }

        @Override
        public Provenance provenance() {
            return new Provenance.Initial("x");
        }
    }

    /** The largest magnitude. */
    private static final class Largest implements LazyTensors.Fold {
        @Override
        public double start() {
            return 0;
        }

        @Override
        public double add(double sofar, double element) {
            return Math.max(sofar, Math.abs(element));
        }

        @Override
        public double merge(double before, double after) {
            return Math.max(before, after);
        }

        @Override
        public double end(double all) {
            return all / 127;
        }
    }

    /** The places of negative numbers. */
    private static final class Negative implements LazyTensors.Reduction<List<Long>> {
        @Override
        public List<Long> start() {
            return List.of();
        }

        @Override
        public List<Long> add(List<Long> sofar, long first, ElementBlock block, int count) {
            float[] elements = block.floats();
            return merge(
                    sofar,
                    IntStream.range(0, count)
                            .filter(i -> elements[i] < 0)
                            .mapToObj(i -> first + i)
                            .toList());
        }

        @Override
        public List<Long> merge(List<Long> before, List<Long> after) {
            return Stream.concat(before.stream(), after.stream()).toList();
        }
    }

    private static Fixed of(DType dtype, Shape shape, double... values) throws IOException {
        ByteBuffer doubles = ByteBuffer.allocate(Double.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        doubles.asDoubleBuffer().put(values);
        TensorData converted = new DTypeConversion(TensorData.of(doubles), DType.F64, dtype);
        return new Fixed(dtype, shape, TensorData.of(converted.window(0, (int) dtype.byteCount(shape))));
    }

    private static double[] values(LazyTensor tensor) throws IOException {
        double[] values = new double[(int) tensor.shape().elementCount()];
        TensorData data = tensor.materialize();
        TensorData doubles = tensor.dtype() == DType.F64 ? data : new DTypeConversion(data, tensor.dtype(), DType.F64);
        doubles.window(0, values.length * Double.BYTES).asDoubleBuffer().get(values);
        return values;
    }

    @Test
    void valuesByPlaceAreTheSameFromWhereverTheyAreRead() throws IOException {
        LazyTensor tensor = LazyTensors.generate("ramp", DType.F32, Shape.of(3, 100_000), place -> place / 2.0);
        TensorData data = tensor.materialize();
        assertEquals(1_200_000, data.byteCount());
        ByteBuffer window = data.window(4 * 199_999, 8);
        assertEquals(99_999.5f, window.getFloat());
        assertEquals(100_000f, window.getFloat());
        assertEquals(149_999.5f, data.window(4 * 299_999, 4).getFloat());
        assertEquals(new Provenance.Computed("ramp", List.of()), tensor.provenance());
        assertEquals(Shape.of(3, 100_000), tensor.shape());
    }

    @Test
    void theyAreRoundedToTheDtype() throws IOException {
        ByteBuffer codes = LazyTensors.generate("codes", DType.I8, Shape.of(2), place -> 2.7 - 5 * place)
                .materialize()
                .window(0, 2);
        assertEquals(2, codes.get());
        assertEquals(-2, codes.get());
    }

    @Test
    void thereAreDtypesThatNumbersCannotBeConvertedTo() {
        assertEquals(
                "numbers cannot be converted to C64",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> LazyTensors.generate("x", DType.C64, Shape.of(1), place -> 0))
                        .getMessage());
    }

    @Test
    void tensorsAreCombinedElementByElement() throws IOException {
        int count = 300_001;
        double[] numbers = IntStream.range(0, count).mapToDouble(i -> i % 200).toArray();
        Shape shape = Shape.of(count);
        LazyTensor left = of(DType.BF16, shape, numbers);
        LazyTensor right = of(DType.I32, shape, numbers);
        LazyTensor other = of(DType.F32, Shape.of(1), 7);
        ComputedTensor sum = LazyTensors.combine(
                "add places", List.of(left, right), List.of(other, left), (first, n, inputs, to) -> {
                    float[] a = inputs.get(0).floats();
                    float[] b = inputs.get(1).floats();
                    for (int i = 0; i < n; i++) {
                        to.floats()[i] = a[i] + b[i] + (first + i) % 2;
                    }
                });
        assertEquals(DType.F32, sum.dtype());
        assertEquals(shape, sum.shape());
        assertEquals(3, sum.inputs().size());
        assertEquals(
                new Provenance.Computed("add places", Collections.nCopies(3, new Provenance.Initial("x"))),
                sum.provenance());
        assertTrue(sum.materialize().isDivisible());
        double[] expected = IntStream.range(0, count)
                .mapToDouble(i -> 2 * (i % 200) + i % 2)
                .toArray();
        assertArrayEquals(expected, values(sum));
        assertEquals(
                (float) expected[200_001],
                sum.materialize().window(200_001 * 4L, 4).getFloat());
    }

    @Test
    void sixtyFourBitsStay() throws IOException {
        LazyTensor wide = of(DType.F64, Shape.of(1), 0.1);
        ComputedTensor sum = LazyTensors.combine(
                "double",
                List.of(wide),
                (first, count, inputs, to) ->
                        to.doubles()[0] = 2 * inputs.get(0).doubles()[0]);
        assertEquals(DType.F64, sum.dtype());
        assertArrayEquals(new double[] {0.2}, values(sum));
    }

    @Test
    void tensorsOfDifferentShapesAreRefused() throws IOException {
        LazyTensor two = of(DType.F32, Shape.of(2), 1, 2);
        LazyTensor three = of(DType.F32, Shape.of(3), 1, 2, 3);
        assertEquals(
                "add needs tensors of one shape, and got [2] and [3]",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> LazyTensors.combine("add", List.of(two, three), (first, count, from, to) -> {}))
                        .getMessage());
        assertEquals(
                "add needs at least one tensor",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> LazyTensors.combine("add", List.of(), (first, count, from, to) -> {}))
                        .getMessage());
    }

    @Test
    void axesAreReduced() throws IOException {
        LazyTensor tensor = of(DType.BF16, Shape.of(2, 3, 2), 1, -2, 3, 4, 5, -127, 7, 8, 9, -254, 11, 12);
        ComputedTensor rows = LazyTensors.reduce("scales", tensor, List.of(1, 2), new Largest());
        assertEquals(Shape.of(2, 1, 1), rows.shape());
        assertEquals(DType.F32, rows.dtype());
        assertArrayEquals(new double[] {1, 2}, values(rows));
        ComputedTensor columns = LazyTensors.reduce("scales", tensor, List.of(0), new Largest());
        assertEquals(Shape.of(1, 3, 2), columns.shape());
        assertEquals(2, values(columns)[3]);
        assertEquals((float) (11 / 127.0), values(columns)[4]);
        assertEquals(
                "scales along axis 3 of [2, 3, 2], which has 3 axes",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> LazyTensors.reduce("scales", tensor, List.of(3), new Largest()))
                        .getMessage());
        assertArrayEquals(
                new double[] {0, 0},
                values(LazyTensors.reduce("scales", of(DType.F64, Shape.of(2, 0)), List.of(1), new Largest())));
    }

    /** Over several parts, the places of a second tensor go on from those of the first. */
    @Test
    void statisticsOverSeveralTensorsKnowPlaces() throws IOException {
        int count = 40_000_000;
        ByteBuffer bytes = ByteBuffer.allocate(count);
        bytes.put(0, (byte) -1).put(17_500_000, (byte) -1).put(count - 1, (byte) -1);
        LazyTensor large = new Fixed(DType.I8, Shape.of(count), TensorData.of(bytes));
        LazyTensor small = of(DType.F32, Shape.of(3), 1, -1, 1);
        assertEquals(
                List.of(1L, 3L, 17_500_003L, 40_000_002L), LazyTensors.reduce(List.of(small, large), new Negative()));
    }

    @Test
    void severalTensorsComeFromOneComputation() throws IOException {
        AtomicInteger computed = new AtomicInteger();
        LazyTensor base = of(DType.F32, Shape.of(2), 3, -254);
        List<ComputedTensor> both = LazyTensors.joint(
                List.of(base),
                List.of(
                        new LazyTensors.Output("codes", DType.I8, Shape.of(2)),
                        new LazyTensors.Output("scale", DType.F32, Shape.SCALAR)),
                () -> {
                    computed.incrementAndGet();
                    float[] values = LazyTensors.floats(base);
                    ByteBuffer codes = ByteBuffer.allocate(2);
                    codes.put((byte) (values[0] / 2))
                            .put((byte) (values[1] / 2))
                            .flip();
                    return List.of(
                            TensorData.of(codes), of(DType.F32, Shape.SCALAR, 2).materialize());
                });
        assertEquals(0, computed.get());
        assertArrayEquals(new double[] {2}, values(both.get(1)));
        assertArrayEquals(new double[] {1, -127}, values(both.get(0)));
        assertEquals(1, computed.get());
        assertEquals("codes", both.get(0).operation());
        assertEquals(List.of(base), both.get(1).inputs());
        assertEquals(DType.I8, both.get(0).dtype());
        assertEquals(Shape.SCALAR, both.get(1).shape());
    }

    @Test
    void asManyTensorsAsWereTold() {
        List<ComputedTensor> one =
                LazyTensors.joint(List.of(), List.of(new LazyTensors.Output("x", DType.I8, Shape.of(2))), List::of);
        assertEquals(
                "0 tensors were computed in place of 1",
                assertThrows(IllegalStateException.class, () -> one.get(0).materialize())
                        .getMessage());
    }

    @Test
    void everyValueIsThereByItsBits() throws IOException {
        float[] halves = LazyTensors.floats(LazyTensors.everyValue(DType.F16));
        assertEquals(1 << 16, halves.length);
        assertEquals(1f, halves[0x3c00]);
        assertEquals(448f, LazyTensors.floats(LazyTensors.everyValue(DType.F8_E4M3))[0x7e]);
        assertEquals(
                "F32 has not 8 or 16 bits",
                assertThrows(IllegalArgumentException.class, () -> LazyTensors.everyValue(DType.F32))
                        .getMessage());
    }
}
