package io.graft.tensor.expression;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.cast;
import static io.graft.tensor.expression.Expressions.concat;
import static io.graft.tensor.expression.Expressions.constant;
import static io.graft.tensor.expression.Expressions.detach;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.exp;
import static io.graft.tensor.expression.Expressions.inverse;
import static io.graft.tensor.expression.Expressions.lookup;
import static io.graft.tensor.expression.Expressions.matMul;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;
import static io.graft.tensor.expression.Expressions.permute;
import static io.graft.tensor.expression.Expressions.repeat;
import static io.graft.tensor.expression.Expressions.reshape;
import static io.graft.tensor.expression.Expressions.slice;
import static io.graft.tensor.expression.Expressions.sqrt;
import static io.graft.tensor.expression.Expressions.subtract;
import static io.graft.tensor.expression.Expressions.transpose;
import static io.graft.tensor.expression.Expressions.unpack;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What shapes and dtypes expressions have, and which operands are refused in which words. */
class ExpressionTest {
    private static Expression tensor(DType dtype, long... dimensions) {
        return new Expression.Owned("x", Shape.of(dimensions), dtype);
    }

    private static Expression floats(long... dimensions) {
        return tensor(DType.F32, dimensions);
    }

    static List<Arguments> inferred() {
        return List.of(
                Arguments.of(add(floats(3, 1), floats(4)), Shape.of(3, 4), DType.F32),
                Arguments.of(subtract(tensor(DType.BF16, 2), tensor(DType.F16, 2)), Shape.of(2), DType.F32),
                Arguments.of(multiply(tensor(DType.I8, 2, 3), floats(2, 1)), Shape.of(2, 3), DType.F32),
                Arguments.of(multiply(tensor(DType.F64, 2), constant(0.1)), Shape.of(2), DType.F64),
                Arguments.of(divide(floats(0, 3), floats(1, 3)), Shape.of(0, 3), DType.F32),
                Arguments.of(detach(tensor(DType.BF16, 2)), Shape.of(2), DType.BF16),
                Arguments.of(sqrt(tensor(DType.BF16, 2)), Shape.of(2), DType.F32),
                Arguments.of(exp(tensor(DType.F64, 2)), Shape.of(2), DType.F64),
                Arguments.of(inverse(floats(5, 2, 2)), Shape.of(5, 2, 2), DType.F32),
                Arguments.of(matMul(floats(3, 2), tensor(DType.BF16, 2, 4)), Shape.of(3, 4), DType.F32),
                Arguments.of(matMul(floats(7, 3, 2), floats(7, 2, 4)), Shape.of(7, 3, 4), DType.F32),
                Arguments.of(reshape(tensor(DType.I64, 2, 6), Shape.of(3, 4)), Shape.of(3, 4), DType.I64),
                Arguments.of(permute(floats(2, 3, 4), 2, 0, 1), Shape.of(4, 2, 3), DType.F32),
                Arguments.of(transpose(floats(5, 2, 3)), Shape.of(5, 3, 2), DType.F32),
                Arguments.of(slice(floats(5, 2), 0, 1, 3), Shape.of(3, 2), DType.F32),
                Arguments.of(concat(1, floats(2, 3), floats(2, 1)), Shape.of(2, 4), DType.F32),
                Arguments.of(concat(0, tensor(DType.BF16, 2), tensor(DType.BF16, 1)), Shape.of(3), DType.BF16),
                Arguments.of(concat(0, tensor(DType.BF16, 2), tensor(DType.F16, 1)), Shape.of(3), DType.F32),
                Arguments.of(repeat(floats(2, 2), 1, 64, 100), Shape.of(2, 100), DType.F32),
                Arguments.of(norm(floats(2, 3, 4), 1, 2), Shape.of(2, 1, 1), DType.F32),
                Arguments.of(cast(floats(2), DType.BF16), Shape.of(2), DType.BF16),
                Arguments.of(lookup(floats(16, 3), tensor(DType.I32, 2, 5)), Shape.of(2, 5, 3), DType.F32),
                Arguments.of(unpack(tensor(DType.I32, 2, 3), 3, false, Shape.of(2, 32)), Shape.of(2, 32), DType.I32));
    }

    @ParameterizedTest
    @MethodSource
    void inferred(Expression expression, Shape shape, DType dtype) {
        assertEquals(shape, expression.shape());
        assertEquals(dtype, expression.dtype());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 15, 16, 17, 40})
    void nodesAreListedOnceAfterTheirOperands(int length) {
        Expression sum = floats(2);
        for (int i = 1; i < length; i++) {
            sum = add(sum, sum);
        }
        List<Expression> nodes = sum.nodes();
        assertEquals(length, nodes.size());
        for (int i = 1; i < length; i++) {
            Expression.Computed node = (Expression.Computed) nodes.get(i);
            assertSame(nodes.get(i - 1), node.operands().get(0));
        }
    }

    static List<Arguments> refused() {
        return List.of(
                refused(() -> add(floats(2, 3), floats(2)), "add does not fit the shapes [2, 3] and [2]"),
                refused(() -> matMul(floats(2, 3), floats(2, 3)), "matmul does not fit the shapes [2, 3] and [2, 3]"),
                refused(
                        () -> matMul(floats(4, 2, 3), floats(5, 3, 2)),
                        "matmul does not fit the shapes [4, 2, 3] and [5, 3, 2]"),
                refused(() -> matMul(floats(2), floats(2)), "matmul does not fit the shapes [2] and [2]"),
                refused(() -> inverse(floats(2, 3)), "inverse does not fit the shapes [2, 3]"),
                refused(
                        () -> reshape(floats(2, 3), Shape.of(5)),
                        "reshape cannot make [5] of [2, 3]: other numbers of elements"),
                refused(() -> permute(floats(2, 3), 0, 0), "permute needs each axis of [2, 3] once, and got [0, 0]"),
                refused(() -> permute(floats(2, 3), 0, 2), "permute along axis 2 of [2, 3], which has 2 axes"),
                refused(() -> transpose(floats(2)), "a tensor of shape [2] cannot be transposed"),
                refused(() -> slice(floats(5), 0, 3, 3), "slice of 3 from 3 on is outside axis 0 of [5]"),
                refused(
                        () -> concat(0, floats(2, 3), floats(2, 4)),
                        "concat does not fit the shapes [2, 3] and [2, 4]"),
                refused(() -> concat(0), "concat needs at least one operand"),
                refused(
                        () -> repeat(floats(2), 0, 4, 9),
                        "repeat of axis 0 of [2] 4 times does not reach a length of 9"),
                refused(() -> norm(floats(2), 1), "norm along axis 1 of [2], which has 1 axes"),
                refused(() -> lookup(floats(2), floats(1)), "lookup needs integers as indices, and got F32"),
                refused(() -> lookup(floats(), tensor(DType.I32, 1)), "lookup does not fit the shapes [] and [1]"),
                refused(
                        () -> unpack(tensor(DType.U8, 2), 4, true, Shape.of(5)),
                        "unpack cannot make [5] fields of 4 bits out of [2] of U8"),
                refused(
                        () -> unpack(floats(2), 4, true, Shape.of(2)),
                        "unpack takes fields of 1 to 16 bits out of integers, and got 4 bits of F32"),
                refused(() -> cast(floats(2), DType.F8_E4M3), "cast cannot convert F32 to F8_E4M3"),
                refused(() -> sqrt(tensor(DType.C64, 2)), "sqrt cannot compute with C64"),
                refused(
                        () -> new Expression.Computed(new Operation.MatMul(), List.of(floats(2, 2))),
                        "matmul takes 2 operands, and got 1"));
    }

    private static Arguments refused(Supplier<Expression> made, String message) {
        return Arguments.of(made, message);
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusedWhenMade(Supplier<Expression> made, String message) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, made::get).getMessage());
    }

    @Test
    void whatChangesNothingIsLeftOut() {
        Expression tensor = floats(2, 3);
        assertSame(tensor, reshape(tensor, Shape.of(2, 3)));
        assertSame(tensor, cast(tensor, DType.F32));
    }

    @Test
    void nodesAreSearchedEachOnce() {
        Expression below = new Expression.Below(Shape.of(2), DType.F32);
        Expression doubled = below;
        for (int i = 0; i < 60; i++) {
            doubled = add(doubled, doubled);
        }
        assertTrue(doubled.anyMatch(Expression.Below.class::isInstance));
        assertFalse(doubled.anyMatch(Expression.Owned.class::isInstance));
    }
}
