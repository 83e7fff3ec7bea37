package io.graft.modifiers.quantization.stored;

import io.graft.checkpoint.layout.Part;
import io.graft.checkpoint.layout.TensorSet;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import io.graft.tensor.expression.Operation;
import java.util.Objects;
import java.util.Optional;

/**
 * A weight as it lies in a checkpoint.
 *
 * @param set whose value is known
 */
record FoundSet(TensorSet set) {
    Expression value() {
        return set.value().orElseThrow();
    }

    Shape shape() {
        return set.shape();
    }

    DType dtype() {
        return set.dtype();
    }

    /** The name of the codes after the module. */
    String codes() {
        return set.slot(set.parts().get(0));
    }

    /** A stored tensor by its name after the module. */
    Optional<Part> part(String slot) {
        return set.parts().stream().filter(each -> set.slot(each).equals(slot)).findFirst();
    }

    /** One that is there. */
    Part known(String slot) {
        return part(slot).orElseThrow();
    }

    /** One that is there, in what the weight is computed from. */
    Expression.Owned leaf(String slot) {
        return (Expression.Owned) TensorSet.leaf(set.name(), known(slot));
    }

    /** The first stored tensor beside the codes that the weight is computed with. */
    Expression.Owned beside() {
        return value().nodes().stream()
                .filter(Expression.Owned.class::isInstance)
                .map(Expression.Owned.class::cast)
                .filter(leaf -> !leaf.slot().equals(codes()))
                .findFirst()
                .orElseThrow();
    }

    /** Whether the weight is computed with a stored tensor. */
    boolean uses(String slot) {
        return value().anyMatch(node ->
                node instanceof Expression.Owned owned && owned.slot().equals(slot));
    }

    /** How its parts are meant, by a key that the layout always has. */
    String setting(String key) {
        return Objects.requireNonNull(set.settings().get(key), key);
    }

    /** A setting that is a whole number. */
    int number(String key) {
        return Integer.parseInt(setting(key));
    }

    /** The scales that codes are multiplied by, with which the weight's last product is made. */
    Spread spread() {
        Expression node = value();
        while (node instanceof Expression.Computed computed) {
            if (computed.operation() == Operation.Arithmetic.MULTIPLY) {
                return Spread.of(computed.operands().get(1));
            }
            node = computed.operands().get(0);
        }
        throw refused("is not codes times scales");
    }

    /** The zero points that are taken from codes, {@code [groups, rows]}. */
    Expression points() {
        Expression points = value().nodes().stream()
                .filter(Expression.Computed.class::isInstance)
                .map(Expression.Computed.class::cast)
                .filter(node -> node.operation() == Operation.Arithmetic.SUBTRACT)
                .map(node -> Spread.of(node.operands().get(1)).each())
                .findFirst()
                .orElseThrow();
        return Expressions.transpose(Expressions.cast(points, DType.F32));
    }

    /** That its tensors are not made of other values. */
    IllegalArgumentException refused(String why) {
        return new IllegalArgumentException("is stored as " + set.scheme() + ", and " + why);
    }

    /**
     * How scales lie over codes.
     *
     * @param each the scales as they lie there, as numbers
     * @param rows that share one; 1 where scales are not repeated
     * @param columns that share one; 1 where scales are not repeated
     */
    record Spread(Expression each, long rows, long columns) {
        private static Spread of(Expression scales) {
            Expression node = scales;
            long rows = 1;
            long columns = 1;
            while (node instanceof Expression.Computed computed
                    && computed.operation() instanceof Operation.Repeat repeat) {
                if (repeat.axis() == node.shape().rank() - 1) {
                    columns = repeat.times();
                } else {
                    rows = repeat.times();
                }
                node = computed.operands().get(0);
            }
            return new Spread(node, rows, columns);
        }

        /** Whether there is one scale. */
        boolean isOne() {
            return each.shape().elementCount() == 1;
        }
    }
}
