package io.graft.tensor.expression.bands;

import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.util.Arrays;
import java.util.List;

/**
 * A node of an expression while it is compiled.
 *
 * @param step gives its elements, whatever the shape
 */
record Value(Step step, Shape shape, DType dtype) {
    long count() {
        return shape.elementCount();
    }

    /** What an operation on such operands gives. */
    static Expression result(Operation operation, Value... operands) {
        return result(operation, Arrays.asList(operands));
    }

    static Expression result(Operation operation, List<Value> operands) {
        return new Expression.Computed(
                operation, operands.stream().map(Value::leaf).toList());
    }

    private Expression leaf() {
        return step instanceof Filled constant && shape.equals(Shape.SCALAR)
                ? new Expression.Constant(constant.value())
                : new Expression.Below(shape, dtype);
    }
}
