package io.graft.djl.modified;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Parameter;
import io.graft.djl.expression.ArrayEvaluator;
import io.graft.djl.expression.ByteTables;
import io.graft.djl.modified.ParametrizationStack.Arrays;
import io.graft.djl.modified.ParametrizationStack.Layer;
import io.graft.model.parametrization.Form;
import io.graft.tensor.expression.Expression;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A layer of a {@link ParametrizationStack} that counts, with its weight: what the engine computes of it. */
final class ActiveLayer {
    private final Form form;
    private final boolean runsBeside;
    private final Map<String, Parameter> owned;
    private final Optional<MixedRows.Rows> rows;

    /** What the engine evaluates, which is put together when it is first asked for: layers that run in factors do without. */
    private volatile @Nullable List<Expression> parts;

    /** @param rows those that alone have an adapter, by its name */
    ActiveLayer(Layer layer, Map<String, MixedRows.Rows> rows) {
        this.form = layer.weighted();
        this.runsBeside = layer.runsBeside();
        this.owned = layer.owned();
        this.rows = Optional.ofNullable(rows.get(layer.applied().adapter()));
    }

    /** Whether it can be run beside the weight. */
    boolean runsBeside() {
        return runsBeside;
    }

    /** Whether some rows of a batch alone have it. */
    boolean isOfSomeRows() {
        return rows.isPresent();
    }

    /** What the weight is with it. */
    NDArray value(Arrays arrays, Supplier<NDArray> below) {
        ArrayEvaluator evaluator = evaluator(arrays, below);
        List<Expression> parts = parts();
        return form instanceof Form.LowRank product
                ? evaluator.plusProduct(parts.get(0), parts.get(1), product.scale())
                : evaluator.evaluate(parts.get(0));
    }

    /** A part of its form that has nothing to do with what is below. */
    NDArray part(Expression part, Arrays arrays) {
        return evaluator(arrays, ActiveLayer::nothingBelow).evaluate(part);
    }

    /** What a layer of the model runs beside the weight; its form is of low rank. */
    Branch branch(Arrays arrays) {
        Form.LowRank product = (Form.LowRank) form;
        ArrayEvaluator evaluator = evaluator(arrays, ActiveLayer::nothingBelow);
        return new Branch(
                evaluator.evaluate(product.left()),
                evaluator.evaluate(product.right()),
                product.scale(),
                product.inputDropout(),
                rows);
    }

    /** What rows of a table are computed of. */
    TableRows.Part rowsOfTable() {
        return new TableRows.Part(ByteTables.inTables(form.value()), owned);
    }

    static NDArray nothingBelow() {
        throw new IllegalStateException("a part is computed from what is below");
    }

    private List<Expression> parts() {
        List<Expression> made = parts;
        if (made == null) {
            Stream<Expression> whole = form instanceof Form.LowRank product
                    ? Stream.of(product.left(), product.right())
                    : Stream.of(form.value());
            made = whole.map(ByteTables::inTables).toList();
            parts = made;
        }
        return made;
    }

    private ArrayEvaluator evaluator(Arrays arrays, Supplier<NDArray> below) {
        return new ArrayEvaluator(leaves(owned, arrays, below), arrays.scope());
    }

    /** What an expression is about, of parameters by slot. */
    static ArrayEvaluator.Leaves leaves(Map<String, Parameter> owned, Arrays arrays, Supplier<NDArray> below) {
        return new ArrayEvaluator.Leaves() {
            @Override
            public NDArray below() {
                return below.get();
            }

            @Override
            public NDArray owned(String slot) {
                return arrays.of(owned.get(slot));
            }

            @Override
            public NDArray stored(Expression.Stored stored) {
                return arrays.of(stored);
            }
        };
    }
}
