package io.graft.djl.operators;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** Products of the largest codes, which processors that add 16-bit numbers cannot hold; and attention to what all queries see alike. */
final class OperatorTrial {
    private static final int ROWS = 16;
    private static final int COLUMNS = 128;
    private static final double TOLERANCE = 0.02;

    private final NDManager scope;

    OperatorTrial(NDManager scope) {
        this.scope = scope;
    }

    /** Whether an operator computes what it should. */
    boolean isRight(Operator operator, OperatorProgram program) {
        return switch (operator) {
            case WEIGHT_ONLY_INT8, DYNAMIC_INT8 ->
                is(Byte.MAX_VALUE, program.run(inputs(), codes(Byte.MAX_VALUE), scope.ones(new Shape(ROWS)), noBias()));
            case PACK_INT4 -> program.run(codes((byte) 7), steps()).size() == 2;
            case WEIGHT_ONLY_INT4 -> {
                NDList packed = Operators.run(Operator.PACK_INT4, codes((byte) 7), steps(), steps());
                yield is(8, program.run(inputs(), packed.get(0), packed.get(1), noBias()));
            }
            case ROUND_BFLOAT16 ->
                Arrays.equals(
                        new float[] {1, 1, 1 + 0x1p-6f, 1 + 0x1p-7f},
                        program.run(scope.create(new float[] {1, 1 + 0x1p-8f, 1 + 3 * 0x1p-8f, 1 + 0x1p-8f + 0x1p-20f}))
                                .singletonOrThrow()
                                .toFloatArray());
            case ATTENTION -> {
                NDArray values = scope.create(new float[] {1, 3, 500}, new Shape(1, 3, 1, 1));
                NDArray queries = values.zerosLike();
                NDArray mask = scope.create(new float[] {0, 0, -Float.MAX_VALUE}, new Shape(1, 1, 1, 3));
                NDArray context = program.run(queries, values, values, mask).singletonOrThrow();
                yield context.getShape().equals(new Shape(1, 3, 1))
                        && context.sub(2).abs().max().getFloat() <= 1e-5;
            }
        };
    }

    private NDArray inputs() {
        return scope.ones(new Shape(2, COLUMNS));
    }

    private NDArray codes(byte code) {
        return scope.full(new Shape(ROWS, COLUMNS), code, DataType.INT8);
    }

    private NDArray steps() {
        return scope.ones(new Shape(ROWS, COLUMNS / 32));
    }

    private NDArray noBias() {
        return scope.zeros(new Shape(1));
    }

    private static boolean is(int code, NDList output) {
        double expected = (double) code * COLUMNS;
        NDArray product = output.singletonOrThrow();
        return product.getShape().equals(new Shape(2, ROWS))
                && product.sub(expected).abs().max().getFloat() <= TOLERANCE * expected;
    }
}
