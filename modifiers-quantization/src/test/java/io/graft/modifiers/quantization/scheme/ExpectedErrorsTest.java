package io.graft.modifiers.quantization.scheme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.checkpoint.gguf.BlockType;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensors;
import io.graft.tensor.Shape;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What plans tell of errors, held against what normal weights have. */
class ExpectedErrorsTest {
    private static double measured(Scheme scheme, Shape shape) throws Exception {
        Random random = new Random(41);
        float[] normal = new float[Math.toIntExact(shape.elementCount())];
        for (int i = 0; i < normal.length; i++) {
            normal[i] = (float) random.nextGaussian();
        }
        QuantizedWeight weight = new QuantizedWeight(
                "a.weight",
                LazyTensors.generate("normal", DType.F32, shape, place -> normal[(int) place]),
                scheme,
                DType.F32,
                Double.POSITIVE_INFINITY);
        weight.codes(DType.U8, shape, Packing.single()).materialize().read(0, ByteBuffer.allocate(normal.length));
        return weight.measured().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "NF4, 32",
        "NF4, 64",
        "NF4, 128",
        "NF4, 256",
        "NF4, 512",
        "NF4, 1024",
        "NF4, 2048",
        "NF4, 4096",
        "FP4, 32",
        "FP4, 64",
        "FP4, 128",
        "FP4, 256",
        "FP4, 512",
        "FP4, 1024",
        "FP4, 2048",
        "FP4, 4096"
    })
    void blocks(Nibbles alphabet, int block) throws Exception {
        Shape shape = Shape.of(1024, 1024);
        Scheme scheme = new FourBits(alphabet, block, false);
        assertEquals(measured(scheme, shape), scheme.expectedError(shape), .0005);
    }

    @ParameterizedTest
    @ValueSource(longs = {32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void rows(long columns) throws Exception {
        Shape shape = Shape.of((1 << 20) / columns, columns);
        assertEquals(measured(new Int8Rows(), shape), new Int8Rows().expectedError(shape), .0001);
    }

    /** Squares of which 32 bits have none, for being too large or too small. */
    @ParameterizedTest
    @ValueSource(doubles = {1e30, 1e-30})
    void extremeValues(double factor) throws Exception {
        Shape shape = Shape.of(4, 256);
        double[] error = new double[2];
        for (int i = 0; i < 2; i++) {
            double scale = i == 0 ? 1 : factor;
            QuantizedWeight weight = new QuantizedWeight(
                    "a.weight",
                    LazyTensors.generate("waves", DType.F32, shape, place -> Math.sin((double) place) * scale),
                    new FourBits(Nibbles.NF4, 64, false),
                    DType.F32,
                    Double.POSITIVE_INFINITY);
            weight.codes(DType.U8, shape, Packing.single()).materialize().read(0, ByteBuffer.allocate(1024));
            error[i] = weight.measured().orElseThrow();
        }
        assertEquals(error[0], error[1], 1e-6);
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void groups(int group) throws Exception {
        Shape shape = Shape.of((1 << 20) / 65536, 65536);
        for (boolean isSymmetric : new boolean[] {true, false}) {
            Scheme four = new Integers(4, group, isSymmetric);
            assertEquals(measured(four, shape), four.expectedError(shape), .03 * four.expectedError(shape));
            Scheme eight = new Integers(8, group, isSymmetric);
            assertEquals(measured(eight, shape), eight.expectedError(shape), .03 * eight.expectedError(shape));
        }
    }

    /** Of GPTQ, whose groups are some rows of each column. */
    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536})
    void bands(int group) throws Exception {
        Shape shape = Shape.of(65536, 16);
        for (int bits : new int[] {2, 3, 4, 8}) {
            for (boolean isSymmetric : new boolean[] {true, false}) {
                Scheme bands = new IntegerBands(bits, group, isSymmetric);
                assertEquals(measured(bands, shape), bands.expectedError(shape), .03 * bands.expectedError(shape));
            }
        }
    }

    @Test
    void floats() throws Exception {
        Shape shape = Shape.of(1024, 1024);
        for (int block : new int[] {0, 32, 128}) {
            Scheme scheme = block == 0 ? Floats8.byRows(Float8Type.E4M3, ScaleType.RESULT) : Floats8.ofBlocks(block);
            assertEquals(measured(scheme, shape), scheme.expectedError(shape), .0003);
        }
        for (int columns : new int[] {128, 1024, 4096}) {
            Scheme scheme = Floats8.byRows(Float8Type.E5M2, ScaleType.F32);
            Shape rows = Shape.of((1 << 20) / columns, columns);
            assertEquals(measured(scheme, rows), scheme.expectedError(rows), .0015);
        }
    }

    @Test
    void microFloats() throws Exception {
        Shape shape = Shape.of(1024, 1024);
        assertEquals(measured(new MicroFloats(), shape), new MicroFloats().expectedError(shape), .0005);
    }

    @ParameterizedTest
    @CsvSource({"2, 64", "4, 32", "4, 64", "4, 128", "8, 64"})
    void affine(int bits, int group) throws Exception {
        Shape shape = Shape.of(1024, 1024);
        Scheme scheme = new AffineGroups(bits, group, DType.F32);
        assertEquals(measured(scheme, shape), scheme.expectedError(shape), .05 * scheme.expectedError(shape));
    }

    @ParameterizedTest
    @EnumSource(BlockType.class)
    void blocksOfGguf(BlockType type) throws Exception {
        Shape shape = Shape.of(1024, 1024);
        Scheme scheme = new GgufBlocks(type);
        assertEquals(
                measured(scheme, shape),
                scheme.expectedError(shape),
                type == BlockType.Q8_0 ? .0001 : type == BlockType.Q2_K ? .001 : .0005);
    }
}
