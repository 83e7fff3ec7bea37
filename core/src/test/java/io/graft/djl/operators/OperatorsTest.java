package io.graft.djl.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import io.graft.djl.run.PyTorchEngine;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OperatorsTest {
    private final NDManager scope =
            NDManager.newBaseManager(PyTorchEngine.start().getEngineName());

    @AfterEach
    void free() {
        System.clearProperty(Operators.PROPERTY);
        scope.close();
    }

    @ParameterizedTest
    @EnumSource
    void isThere(Operator operator) {
        assertEquals(Optional.empty(), Operators.refusal(operator));
    }

    @ParameterizedTest
    @CsvSource({
        "WEIGHT_ONLY_INT8, 33, 64, false, 0.005",
        "WEIGHT_ONLY_INT8, 1, 32, false, 0.005",
        "WEIGHT_ONLY_INT8, 33, 64, true, 0.005",
        "DYNAMIC_INT8, 33, 64, false, 0.02",
        "DYNAMIC_INT8, 3, 5, false, 0.02",
        "DYNAMIC_INT8, 33, 64, true, 0.02"
    })
    void multipliesWithBytes(Operator operator, int rows, int columns, boolean hasOffsets, double tolerance) {
        NDArray codes = random(rows, columns).mul(40).clip(-127, 127).toType(DataType.INT8, false);
        NDArray scales = random(rows).abs().add(0.1f);
        NDArray bias = random(rows);
        NDArray x = random(2, 3, columns);
        NDArray offsets = random(rows).mul(10);
        NDArray product = codes.toType(DataType.FLOAT32, false).mul(scales.reshape(rows, 1));
        NDArray weight = hasOffsets ? product.add(offsets.reshape(rows, 1)) : product;
        NDArray output = (hasOffsets
                        ? Operators.run(operator, x, codes, scales, bias, offsets)
                        : Operators.run(operator, x, codes, scales, bias))
                .singletonOrThrow();
        assertClose(Linear.linear(x, weight, bias).singletonOrThrow(), output, tolerance);
        assertEquals(new Shape(2, 3, rows), output.getShape());
        assertEquals(DataType.FLOAT32, output.getDataType());
    }

    @ParameterizedTest
    @CsvSource({"16, 64, 32, false", "32, 256, 128, false", "16, 256, 256, false", "32, 256, 128, true"})
    void multipliesWithHalfBytes(int rows, int columns, int size, boolean hasOffsets) {
        int groups = columns / size;
        NDArray codes = random(rows, columns).mul(4).round().clip(-8, 7).toType(DataType.INT8, false);
        NDArray scales = random(rows, groups).abs().add(0.1f);
        NDArray offsets = hasOffsets ? random(rows, groups).mul(4) : scope.zeros(new Shape(rows, groups));
        NDArray x = random(5, columns);
        NDArray weight = codes.toType(DataType.FLOAT32, false)
                .reshape(rows, groups, size)
                .mul(scales.reshape(rows, groups, 1))
                .add(offsets.reshape(rows, groups, 1))
                .reshape(rows, columns);
        NDList packed = hasOffsets
                ? Operators.run(Operator.PACK_INT4, codes, scales, offsets)
                : Operators.run(Operator.PACK_INT4, codes, scales);
        NDArray output = Operators.run(
                        Operator.WEIGHT_ONLY_INT4, x, packed.get(0), packed.get(1), scope.zeros(new Shape(1)))
                .singletonOrThrow();
        assertClose(Linear.linear(x, weight).singletonOrThrow(), output, 0.01);
    }

    /** PyTorch reads beyond the end of such codes, and ends the JVM. */
    @Test
    void codesThatTheKernelWouldReadBeyondAreRefused() {
        NDArray codes = scope.full(new Shape(3, 5), 1, DataType.INT8);
        NDArray x = scope.ones(new Shape(1, 5));
        NDArray ones = scope.ones(new Shape(3));
        assertEquals(
                "`_weight_int8pack_mm` takes no codes (3, 5)",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Operators.run(Operator.WEIGHT_ONLY_INT8, x, codes, ones, ones))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "WEIGHT_ONLY_INT8, 3, 64, 64, true",
        "WEIGHT_ONLY_INT8, 3, 48, 48, false",
        "WEIGHT_ONLY_INT8, 3, 64, 32, false",
        "DYNAMIC_INT8, 3, 48, 48, true",
        "DYNAMIC_INT8, 3, 131072, 131072, false",
        "WEIGHT_ONLY_INT4, 16, 64, 32, true",
        "WEIGHT_ONLY_INT4, 24, 64, 32, false",
        "WEIGHT_ONLY_INT4, 16, 48, 32, false",
        "WEIGHT_ONLY_INT4, 16, 64, 16, false"
    })
    void takesCodes(Operator operator, long rows, long columns, long size, boolean takes) {
        assertEquals(takes, operator.takes(rows, columns, size));
    }

    /** Rows without any number but 0 have no magnitude to divide by. */
    @Test
    void rowsOfZerosGiveTheBias() {
        NDArray codes = scope.full(new Shape(2, 32), 127, DataType.INT8);
        NDArray bias = scope.create(new float[] {1, -2});
        NDArray output = Operators.run(
                        Operator.DYNAMIC_INT8, scope.zeros(new Shape(1, 32)), codes, scope.ones(new Shape(2)), bias)
                .singletonOrThrow();
        assertEquals(bias.reshape(1, 2), output);
    }

    /** The arrays of a model's parameters are named by their paths, which DJL takes for places in dictionaries. */
    @Test
    void namesOfInputsMeanNothing() {
        NDArray codes = scope.full(new Shape(2, 32), 1, DataType.INT8);
        codes.setName("encoder.layers.0.weight");
        NDArray scales = scope.ones(new Shape(2));
        scales.setName("scales[0]");
        int before = scope.getManagedArrays().size();
        NDArray output = Operators.run(
                        Operator.DYNAMIC_INT8, scope.ones(new Shape(1, 32)), codes, scales, scope.zeros(new Shape(1)))
                .singletonOrThrow();
        assertEquals(32, output.getFloat(0, 0), 1e-3);
        // The inputs and the output.
        assertEquals(before + 3, scope.getManagedArrays().size());
    }

    /** What follows a product may be trained, on threads that record operations. */
    @Test
    void whatFollowsTakesGradients() {
        NDArray trained = scope.ones(new Shape(3, 2));
        trained.setRequiresGradient(true);
        NDArray codes = scope.full(new Shape(2, 32), 1, DataType.INT8);
        try (GradientCollector collector = PyTorchEngine.start().newGradientCollector()) {
            NDArray product = Operators.run(
                            Operator.WEIGHT_ONLY_INT8,
                            scope.ones(new Shape(1, 32)),
                            codes,
                            scope.ones(new Shape(2)),
                            scope.zeros(new Shape(1)))
                    .singletonOrThrow();
            assertFalse(product.hasGradient());
            collector.backward(product.matMul(trained.transpose()).sum());
        }
        assertEquals(32, trained.getGradient().getFloat(0, 0), 1e-3);
    }

    @Test
    void noneIsThereWhenTheyAreTakenAway() {
        System.setProperty(Operators.PROPERTY, "none");
        assertEquals(
                Optional.of("the property io.graft.operators is `none`"), Operators.refusal(Operator.DYNAMIC_INT8));
        assertEquals(
                "the property io.graft.operators is `none`",
                assertThrows(IllegalStateException.class, () -> Operators.run(Operator.DYNAMIC_INT8))
                        .getMessage());
    }

    @Test
    void oneThatPyTorchLacksIsNamed() {
        String source = OperatorArchive.source().replace("torch._int_mm", "torch._int_mm_of_tomorrow");
        assertEquals(
                Optional.of("PyTorch 2.7.1 has no `_int_mm`"),
                OperatorProgram.load(Operator.DYNAMIC_INT8, source).refusal());
        // The others of the same source are there.
        assertTrue(OperatorProgram.load(Operator.WEIGHT_ONLY_INT8, source)
                .refusal()
                .isEmpty());
    }

    @Test
    void oneThatComputesWrongIsNotUsed() {
        String source = OperatorArchive.source().replace("127.", "254.");
        assertEquals(
                Optional.of("PyTorch's `_int_mm` computes wrong products here"),
                OperatorProgram.load(Operator.DYNAMIC_INT8, source).refusal());
    }

    @Test
    void oneThatFailsIsNotUsed() {
        String source = OperatorArchive.source().replace("torch._int_mm(torch.to(rounded, 1)", "torch._int_mm(rows");
        assertEquals(
                Optional.of(
                        "PyTorch's `_int_mm` fails here: int_mm_out_cpu: Expected self dtype to be of type int8 but got float"),
                OperatorProgram.load(Operator.DYNAMIC_INT8, source).refusal());
    }

    private NDArray random(long... shape) {
        return scope.randomNormal(new Shape(shape));
    }

    private static void assertClose(NDArray expected, NDArray actual, double tolerance) {
        double error = actual.sub(expected).norm().getFloat() / expected.norm().getFloat();
        assertTrue(error < tolerance, () -> "relative error " + error);
    }
}
