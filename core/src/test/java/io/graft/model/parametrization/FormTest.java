package io.graft.model.parametrization;

import static io.graft.tensor.expression.Expressions.add;
import static io.graft.tensor.expression.Expressions.reshape;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import org.junit.jupiter.api.Test;

class FormTest {
    private static final Expression.Below SQUARE = new Expression.Below(Shape.of(4, 4), DType.F32);

    private static Expression owned(long... dimensions) {
        return new Expression.Owned("factor", Shape.of(dimensions), DType.F32);
    }

    private static boolean runsBeside(Expression.Below weight, Expression left, Expression right) {
        return new Form.LowRank(weight, left, right, 1, 0).runsBeside(weight.shape(), weight.dtype());
    }

    @Test
    void twoMatricesRunBesideAWeight() {
        assertTrue(runsBeside(SQUARE, owned(4, 2), owned(2, 4)));
        assertTrue(runsBeside(new Expression.Below(Shape.of(8, 2), DType.F32), owned(8, 1), owned(1, 2)));
    }

    @Test
    void aProductThatIsReshapedDoesNot() {
        assertFalse(runsBeside(SQUARE, owned(8, 1), owned(1, 2)), "other rows");
        assertFalse(runsBeside(new Expression.Below(Shape.of(4, 2, 2), DType.F32), owned(4, 2), owned(2, 4)));
        assertFalse(runsBeside(SQUARE, owned(1, 4, 2), owned(1, 2, 4)), "a batch");
    }

    @Test
    void factorsOfAnotherDtypeDoNot() {
        assertFalse(runsBeside(new Expression.Below(Shape.of(4, 4), DType.BF16), owned(4, 2), owned(2, 4)));
    }

    @Test
    void factorsThatNeedTheWeightDoNot() {
        assertFalse(runsBeside(SQUARE, add(owned(4, 4), SQUARE), owned(4, 4)));
        assertFalse(runsBeside(SQUARE, owned(4, 4), reshape(SQUARE, Shape.of(4, 4))));
    }
}
