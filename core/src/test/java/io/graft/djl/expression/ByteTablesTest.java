package io.graft.djl.expression;

import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.unpack;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.graft.djl.array.EngineArrays;
import io.graft.djl.array.RawArrays;
import io.graft.djl.array.Shapes;
import io.graft.djl.run.PyTorchEngine;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.TensorData;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteTablesTest {
    private final NDManager manager =
            NDManager.newBaseManager(PyTorchEngine.start().getEngineName());
    private final Map<String, NDArray> tensors = new HashMap<>();

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest
    @CsvSource({"4, true", "4, false", "2, true", "2, false", "1, true", "1, false"})
    void fieldsAndNumbersByFieldsAreTheSame(int bits, boolean highFirst) {
        tensors.put("bytes", manager.arange(256).reshape(2, 128).toType(DataType.UINT8, false));
        tensors.put("table", manager.arange((float) (1 << bits)).div(3).exp());
        Expression fields = unpack(
                new Expression.Owned("bytes", Shape.of(2, 128), DType.U8),
                bits,
                highFirst,
                Shape.of(2, 128 * 8 / bits));
        assertSameValues(subtract(fields, constant(8)));
        assertSameValues(reshape(fields, Shape.of(4, 64 * 8 / bits)));
        Expression table = new Expression.Owned("table", Shape.of(1 << bits), DType.F32);
        Expression numbers = lookup(table, fields);
        assertSameValues(multiply(numbers, numbers));
        assertFalse(ByteTables.inTables(numbers)
                .anyMatch(node -> node instanceof Expression.Computed computed
                        && computed.operation() instanceof Operation.Unpack));
    }

    /** Fields that do not fill the bytes, or go on in the next one, and those of words. */
    @Test
    void otherFieldsStay() {
        Expression bytes = new Expression.Owned("bytes", Shape.of(3), DType.U8);
        Expression words = new Expression.Owned("words", Shape.of(3), DType.I32);
        for (Expression fields : new Expression[] {
            unpack(bytes, 4, true, Shape.of(5)),
            unpack(bytes, 3, true, Shape.of(8)),
            unpack(words, 4, true, Shape.of(24))
        }) {
            assertSame(fields, ByteTables.inTables(fields));
        }
    }

    @ParameterizedTest
    @CsvSource({"3", "4", "8"})
    void fieldsOfWordsThatTheEngineLacksAreThoseOfTheirBytes(int bits) throws IOException {
        Shape shape = Shape.of(2, 3);
        ByteBuffer bytes = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
        for (int word = 0; word < 6; word++) {
            bytes.putInt(0x89abcdef * (word + 1));
        }
        tensors.put("words", RawArrays.create(manager, DType.U32, shape, TensorData.of(bytes.flip())));
        Expression words = new Expression.Owned("words", shape, DType.U32);
        int count = 3 * Integer.SIZE / bits;
        Expression fields = unpack(words, bits, false, Shape.of(2, count));
        assertEquals(Optional.empty(), EngineLimits.of(fields));
        assertEquals(
                Optional.of("takes bit fields out of U32"),
                EngineLimits.of(unpack(words, bits, true, Shape.of(2, count))));
        int[] expected = new int[2 * count];
        for (int field = 0; field < expected.length; field++) {
            for (int bit = 0; bit < bits; bit++) {
                int place = field / count * 96 + field % count * bits + bit;
                expected[field] |= (bytes.get(place / 8) >> (place % 8) & 1) << bit;
            }
        }
        assertArrayEquals(
                expected,
                evaluate(ByteTables.inTables(fields))
                        .toType(DataType.INT32, false)
                        .toIntArray());
        assertArrayEquals(
                new long[] {0x89abcdefL, 0x13579bdeL},
                Arrays.copyOf(evaluate(ByteTables.inTables(words)).toLongArray(), 2));
    }

    @ParameterizedTest
    @CsvSource({"BF16, 0x3fc0, 1.5", "BF16, 0xc000, -2", "F8_E4M3, 0x3c, 1.5", "F8_E5M2, 0xc0, -2", "I16, 0xfffe, -2"})
    void whatTheEngineLacksIsLookedUpByItsBytes(DType dtype, String bits, float expected) throws IOException {
        int value = Integer.decode(bits);
        byte[] bytes = dtype.bits() == 8 ? new byte[] {(byte) value} : new byte[] {(byte) value, (byte) (value >> 8)};
        ByteBuffer twice =
                ByteBuffer.allocate(2 * bytes.length).put(bytes).put(bytes).flip();
        Shape shape = Shape.of(2, 1);
        tensors.put("owned", RawArrays.create(manager, dtype, shape, TensorData.of(twice)));
        NDArray numbers = evaluate(ByteTables.inTables(new Expression.Owned("owned", shape, dtype)));
        assertEquals(Shapes.engine(shape), numbers.getShape());
        assertArrayEquals(
                new float[] {expected, expected},
                numbers.toType(DataType.FLOAT32, false).toFloatArray());
    }

    private void assertSameValues(Expression expression) {
        NDArray expected = evaluate(expression);
        NDArray actual = evaluate(ByteTables.inTables(expression));
        assertEquals(expected.getDataType(), actual.getDataType());
        assertEquals(expected, actual);
    }

    private NDArray evaluate(Expression expression) {
        return new ArrayEvaluator(
                        new ArrayEvaluator.Leaves() {
                            @Override
                            public NDArray below() {
                                throw new AssertionError();
                            }

                            @Override
                            public NDArray owned(String slot) {
                                return tensors.get(slot);
                            }

                            @Override
                            public NDArray stored(Expression.Stored stored) {
                                try {
                                    return EngineArrays.create(manager, stored.value());
                                } catch (IOException impossible) {
                                    throw new UncheckedIOException(impossible);
                                }
                            }
                        },
                        manager)
                .evaluate(expression);
    }
}
