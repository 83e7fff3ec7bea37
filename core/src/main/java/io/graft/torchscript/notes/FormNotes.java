package io.graft.torchscript.notes;

import io.graft.checkpoint.layout.IntegerCodes;
import io.graft.model.parametrization.Form;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A form, as JSON can hold it.
 *
 * @param values of the JSON object
 */
record FormNotes(Map<String, Object> values) {
    /**
     * @param stored the name of a tensor that lies somewhere
     */
    static FormNotes of(Form form, Function<LazyTensor, String> stored) {
        ExpressionSteps steps = new ExpressionSteps(stored);
        Map<String, Object> values = new LinkedHashMap<>();
        if (form instanceof Form.LowRank lowRank) {
            values.put("form", "low-rank");
            values.put("left", steps.evaluate(lowRank.left()));
            values.put("right", steps.evaluate(lowRank.right()));
            values.put("scale", String.valueOf(lowRank.scale()));
            values.put("input-dropout", String.valueOf(lowRank.inputDropout()));
        } else if (form instanceof Form.ScaledCodes codes) {
            values.put("form", "scaled-codes");
            values.put("value", steps.evaluate(codes.value()));
            values.put("codes", steps.evaluate(codes.integers().codes()));
            values.put("bits", codes.integers().bits());
            values.put(
                    "scales",
                    codes.integers().scales().stream().map(steps::evaluate).toList());
            codes.integers().offset().ifPresent(offset -> values.put("offset", steps.evaluate(offset)));
            values.put("kernel", codes.kernel().name().toLowerCase(Locale.ROOT));
        } else {
            values.put("form", "value");
            values.put("value", steps.evaluate(form.value()));
        }
        values.put("steps", steps.steps());
        return new FormNotes(values);
    }

    /**
     * The form over a value.
     *
     * @param stored the tensors that lie somewhere, by the names of the notes
     * @throws IllegalArgumentException if the notes are of something else, or do not fit the value
     */
    Form form(Expression.Below below, Function<String, Optional<LazyTensor>> stored) {
        Told told = new Told(values);
        List<Expression> steps = new ArrayList<>();
        for (Told step : told.objects("steps")) {
            steps.add(step.has("leaf") ? leaf(step, below, stored) : computed(step, steps));
        }
        return switch (told.text("form")) {
            case "low-rank" ->
                new Form.LowRank(
                        below,
                        steps.get(told.index("left")),
                        steps.get(told.index("right")),
                        told.number("scale"),
                        told.number("input-dropout"));
            case "scaled-codes" ->
                new Form.ScaledCodes(
                        steps.get(told.index("value")),
                        new IntegerCodes(
                                steps.get(told.index("codes")),
                                told.index("bits"),
                                told.indices("scales").stream().map(steps::get).toList(),
                                told.has("offset") ? Optional.of(steps.get(told.index("offset"))) : Optional.empty()),
                        Form.ScaledCodes.Kernel.valueOf(told.text("kernel").toUpperCase(Locale.ROOT)));
            case "value" -> new Form.Plain(steps.get(told.index("value")));
            default -> throw unknown(told.text("form"));
        };
    }

    private static Expression leaf(Told step, Expression.Below below, Function<String, Optional<LazyTensor>> stored) {
        return switch (step.text("leaf")) {
            case "below" -> below;
            case "owned" -> new Expression.Owned(step.text("slot"), step.shape("shape"), step.dtype("dtype"));
            case "stored" ->
                new Expression.Stored(stored.apply(step.text("tensor"))
                        .orElseThrow(() -> new IllegalArgumentException("`" + step.text("tensor") + "` is not there")));
            case "constant" -> new Expression.Constant(step.number("value"));
            default -> throw unknown(step.text("leaf"));
        };
    }

    private static Expression computed(Told step, List<Expression> steps) {
        return new Expression.Computed(
                operation(step), step.indices("of").stream().map(steps::get).toList());
    }

    private static Operation operation(Told step) {
        String name = step.text("operation");
        return switch (name) {
            case "add", "subtract", "multiply", "divide" -> Operation.Arithmetic.valueOf(name.toUpperCase(Locale.ROOT));
            case "detach", "sqrt", "exp", "inverse" -> Operation.Function.valueOf(name.toUpperCase(Locale.ROOT));
            case "product" -> new Operation.MatMul();
            case "reshape" -> new Operation.Reshape(step.shape("to"));
            case "permute" -> new Operation.Permute(step.indices("axes"));
            case "slice" -> new Operation.Slice(step.index("axis"), step.whole("from"), step.whole("length"));
            case "concatenate" -> new Operation.Concat(step.index("axis"));
            case "repeat" -> new Operation.Repeat(step.index("axis"), step.whole("times"), step.whole("length"));
            case "norm" -> new Operation.Norm(step.indices("axes"));
            case "cast" -> new Operation.Cast(step.dtype("dtype"));
            case "lookup" -> new Operation.Lookup();
            case "unpack" -> new Operation.Unpack(step.index("bits"), step.flag("high-first"), step.shape("to"));
            default -> throw unknown(name);
        };
    }

    private static IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("`" + what + "` is not known");
    }
}
