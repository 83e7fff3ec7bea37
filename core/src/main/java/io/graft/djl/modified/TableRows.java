package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import io.graft.djl.array.EngineCast;
import io.graft.djl.expression.ArrayEvaluator;
import io.graft.djl.forward.RowLookup;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.RowExpression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Rows of a parameter that a storage holds, with what stands on it, computed from the same rows of what they are computed from. */
final class TableRows {
    private final Parameter parameter;
    private final List<Step> steps;

    /**
     * A parametrization.
     *
     * @param owned its tensors by slot
     */
    record Part(Expression value, Map<String, Parameter> owned) {}

    private record Step(RowExpression rows, Map<String, Parameter> owned) {}

    private TableRows(Parameter parameter, List<Step> steps) {
        this.parameter = parameter;
        this.steps = steps;
    }

    /**
     * Those of a parameter.
     *
     * @param parts what gives it, the storage first
     * @return empty if rows cannot be computed by themselves
     */
    static Optional<TableRows> of(Parameter parameter, List<Part> parts) {
        List<Step> steps = parts.stream()
                .flatMap(part -> RowExpression.of(part.value()).map(rows -> new Step(rows, part.owned())).stream())
                .toList();
        return steps.size() == parts.size() ? Optional.of(new TableRows(parameter, steps)) : Optional.empty();
    }

    /**
     * Some of them, through which gradients flow to what is trained.
     *
     * @param indices of any shape
     * @return {@code [indices..., ...]}, of the scope
     */
    NDArray at(NDArray indices, ParametrizationStack.Arrays arrays) {
        NDManager scope = arrays.scope();
        NDArray numbers = EngineCast.of(DataType.INT64, indices).reshape(-1);
        numbers.attach(scope);
        NDArray value = null;
        for (Step step : steps) {
            NDArray below = value;
            value = ArrayEvaluator.ofRows(leaves(step, numbers, () -> below, arrays), scope)
                    .evaluate(step.rows().rows());
        }
        Shape row = parameter.getArray().getShape().slice(1);
        NDArray rows = value.reshape(indices.getShape().addAll(row));
        rows.attach(scope);
        NDArray typed = EngineCast.of(parameter.getArray().getDataType(), rows);
        typed.attach(scope);
        return typed;
    }

    private ArrayEvaluator.Leaves leaves(
            Step step, NDArray numbers, Supplier<NDArray> below, ParametrizationStack.Arrays arrays) {
        ArrayEvaluator.Leaves wholes = ActiveLayer.leaves(step.owned(), arrays, ActiveLayer::nothingBelow);
        ArrayEvaluator evaluator = new ArrayEvaluator(wholes, arrays.scope());
        return new ArrayEvaluator.Leaves() {
            @Override
            public NDArray below() {
                return below.get();
            }

            @Override
            public NDArray owned(String slot) {
                return step.rows()
                        .part(slot)
                        .map(part -> rows(evaluator.evaluate(part), numbers, arrays.scope()))
                        .orElseGet(() -> wholes.owned(slot));
            }

            @Override
            public NDArray stored(Expression.Stored stored) {
                return wholes.stored(stored);
            }
        };
    }

    /** Rows of what has them one after the other. */
    private NDArray rows(NDArray whole, NDArray numbers, NDManager scope) {
        long count = parameter.getArray().getShape().get(0);
        Shape shape = whole.getShape();
        NDArray matrix = whole.reshape(count, shape.size() / count);
        matrix.attach(scope);
        NDArray some = RowLookup.rows(matrix, numbers);
        some.attach(scope);
        NDArray apart =
                some.reshape(numbers.getShape().add(shape.get(0) / count).addAll(shape.slice(1)));
        apart.attach(scope);
        return apart;
    }
}
