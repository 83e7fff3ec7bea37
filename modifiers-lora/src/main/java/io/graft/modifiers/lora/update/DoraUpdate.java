package io.graft.modifiers.lora.update;

import static io.graft.tensor.expression.Expressions.detach;
import static io.graft.tensor.expression.Expressions.divide;
import static io.graft.tensor.expression.Expressions.multiply;
import static io.graft.tensor.expression.Expressions.norm;
import static io.graft.tensor.expression.Expressions.reshape;

import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Form;
import io.graft.model.parametrization.OwnedTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.bands.ExpressionTensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Weight-decomposed LoRA: a low-rank update gives the direction of the weights of each output, and a trained number their length.
 * {@code m * (W + scale * B A) / |W + scale * B A|}, the norm taken over every axis but that of the outputs.
 *
 * @see <a href="https://arxiv.org/abs/2402.09353">DoRA</a>
 * @param direction the low-rank update
 * @param magnitude {@code m}, a number for each output, in any shape
 * @param outputAxis the axis of the weight that counts outputs
 */
public record DoraUpdate(Parametrization direction, OwnedTensor magnitude, int outputAxis) implements Parametrization {
    public static DoraUpdate of(Parametrization direction, LazyTensor magnitude, int outputAxis) {
        return new DoraUpdate(direction, OwnedTensor.trained("lora_magnitude_vector", magnitude), outputAxis);
    }

    /**
     * One whose lengths are those that a weight has with the low-rank update, so that it changes nothing yet.
     *
     * @param weight what it stands on
     */
    public static DoraUpdate starting(Parametrization direction, DraftTensor weight, int outputAxis) {
        LazyTensor value = weight.value();
        Expression.Below below = new Expression.Below(value.shape(), value.dtype());
        Expression lengths = norm(direction.form(below).value(), others(below.shape(), outputAxis));
        Shape shape = saved(below.shape(), below.shape().dimension(outputAxis));
        Map<String, LazyTensor> factors = new HashMap<>();
        direction.owned().forEach(factor -> factors.put(factor.slot(), factor.initial()));
        return of(
                direction,
                ExpressionTensors.evaluate(
                        reshape(lengths, shape), "length of each output's weights", Optional.of(value), factors),
                outputAxis);
    }

    /** As PEFT saves it: plain, but of a convolution with the second axis for the outputs. */
    private static Shape saved(Shape weight, long outputs) {
        return weight.rank() == 2
                ? Shape.of(outputs)
                : Shape.ones(weight.rank()).with(1, outputs);
    }

    @Override
    public String id() {
        return "dora";
    }

    @Override
    public String description() {
        return direction.description().replaceFirst("lora", "dora");
    }

    @Override
    public List<OwnedTensor> owned() {
        return Stream.concat(direction.owned().stream(), Stream.of(magnitude)).toList();
    }

    @Override
    public Form form(Expression.Below below) {
        Shape shape = below.shape();
        Expression updated = direction.form(below).value();
        Shape outputs = Shape.ones(shape.rank()).with(outputAxis, shape.dimension(outputAxis));
        Expression length = reshape(magnitude.expression(), outputs);
        return new Form.Plain(multiply(updated, divide(length, detach(norm(updated, others(shape, outputAxis))))));
    }

    private static Integer[] others(Shape shape, int outputAxis) {
        return IntStream.range(0, shape.rank())
                .filter(axis -> axis != outputAxis)
                .boxed()
                .toArray(Integer[]::new);
    }
}
