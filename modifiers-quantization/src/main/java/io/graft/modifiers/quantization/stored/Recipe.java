package io.graft.modifiers.quantization.stored;

import io.graft.modifiers.quantization.scheme.QuantizedWeight;
import io.graft.modifiers.quantization.scheme.Scheme;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Expressions;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * How a weight becomes stored tensors, which are named after its module: when it comes into a layout, and when other values take the
 * place of those that lie there. What only describes codes is not among them, and stays as it lies.
 *
 * @param scheme the arithmetic for other values
 * @param codes what holds codes
 * @param scales what lies beside them; where other values hardly differ, it stays
 * @param known the scales of the codes that lie there, in the order of the scheme's units, in terms of the stored tensors
 * @param restoring what new scales give again once they are stored
 * @param laying has values in the order of the codes, whose scheme they have a shape for then
 */
record Recipe(
        Scheme scheme,
        Map<String, Making> codes,
        Map<String, Making> scales,
        Expression known,
        UnaryOperator<float[]> restoring,
        Laying laying) {
    /** Makes a stored tensor of a weight. */
    @FunctionalInterface
    interface Making {
        /** Makes it; nothing is computed yet. */
        LazyTensor of(QuantizedWeight weight);
    }

    /** Puts values into the order of the codes. */
    @FunctionalInterface
    interface Laying {
        /** As they are. */
        Laying NONE = values -> values;

        /** Lays them; nothing is computed yet. */
        LazyTensor of(LazyTensor values);

        /** As an expression of them. */
        static Laying by(UnaryOperator<Expression> expression) {
            return values -> {
                Expression plain = Expressions.stored(values);
                Expression laid = expression.apply(plain);
                return laid.equals(plain)
                        ? values
                        : ExpressionTensors.evaluate(laid, "values in the order of codes", Optional.empty(), Map.of());
            };
        }
    }

    /** With scales that are stored as the scheme gives them. */
    Recipe(Scheme scheme, Map<String, Making> codes, Map<String, Making> scales, Expression known) {
        this(scheme, codes, scales, known, scheme::restored);
    }

    /** Of a weight as it is. */
    Recipe(
            Scheme scheme,
            Map<String, Making> codes,
            Map<String, Making> scales,
            Expression known,
            UnaryOperator<float[]> restoring) {
        this(scheme, codes, scales, known, restoring, Laying.NONE);
    }

    /** The same for values that are laid in another shape. */
    Recipe laid(Shape shape) {
        Laying reshaped = Laying.by(values -> Expressions.reshape(values, shape));
        return new Recipe(scheme, codes, scales, known, restoring, values -> reshaped.of(laying.of(values)));
    }

    /** Makes all of them of a weight. */
    void make(QuantizedWeight weight, Map<String, LazyTensor> stored) {
        codes.forEach((slot, making) -> stored.put(slot, making.of(weight)));
        new TreeMap<>(scales).forEach((slot, making) -> stored.put(slot, making.of(weight)));
    }
}
