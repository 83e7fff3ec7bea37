package io.graft.torchscript.notes;

import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import io.graft.tensor.expression.Evaluator;
import io.graft.tensor.expression.Expression;
import io.graft.tensor.expression.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Writes expressions as steps that JSON can hold; each step names what it is computed from by its number. */
final class ExpressionSteps implements Evaluator<Integer> {
    private final Function<LazyTensor, String> stored;
    private final List<Map<String, Object>> steps = new ArrayList<>();

    /**
     * @param stored the name of a tensor that lies somewhere
     */
    ExpressionSteps(Function<LazyTensor, String> stored) {
        this.stored = stored;
    }

    List<Map<String, Object>> steps() {
        return steps;
    }

    private int step(Map<String, Object> step) {
        steps.add(step);
        return steps.size() - 1;
    }

    private int operation(String name, List<Integer> operands, Map<String, Object> more) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("operation", name);
        step.put("of", operands);
        step.putAll(more);
        return step(step);
    }

    private int operation(String name, Integer operand, Map<String, Object> more) {
        return operation(name, List.of(operand), more);
    }

    @Override
    public Integer below(Expression.Below below) {
        return step(Map.of("leaf", "below"));
    }

    @Override
    public Integer owned(Expression.Owned owned) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("leaf", "owned");
        step.put("slot", owned.slot());
        step.put("dtype", owned.dtype().name());
        step.put("shape", owned.shape().dimensions());
        return step(step);
    }

    @Override
    public Integer stored(Expression.Stored leaf) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("leaf", "stored");
        String name = stored.apply(leaf.value());
        if (name == null) {
            throw new IllegalStateException(
                    "a parametrization's form has another stored tensor each time: " + leaf.value());
        }
        step.put("tensor", name);
        return step(step);
    }

    /** As a text, which holds what JSON's numbers cannot. */
    @Override
    public Integer constant(Expression.Constant constant) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("leaf", "constant");
        step.put("value", String.valueOf(constant.value()));
        return step(step);
    }

    @Override
    public Integer arithmetic(Operation.Arithmetic operation, Integer left, Integer right) {
        return operation(operation.name().toLowerCase(Locale.ROOT), List.of(left, right), Map.of());
    }

    @Override
    public Integer function(Operation.Function function, Integer operand) {
        return operation(function.name().toLowerCase(Locale.ROOT), operand, Map.of());
    }

    @Override
    public Integer matMul(Integer left, Integer right) {
        return operation("product", List.of(left, right), Map.of());
    }

    @Override
    public Integer reshape(Shape to, Integer operand) {
        return operation("reshape", operand, Map.of("to", to.dimensions()));
    }

    @Override
    public Integer permute(List<Integer> axes, Integer operand) {
        return operation("permute", operand, Map.of("axes", axes));
    }

    @Override
    public Integer slice(int axis, long from, long length, Integer operand) {
        return operation("slice", operand, along(axis, "from", from, length));
    }

    @Override
    public Integer concat(int axis, List<Integer> operands) {
        return operation("concatenate", operands, Map.of("axis", axis));
    }

    @Override
    public Integer repeat(int axis, long times, long length, Integer operand) {
        return operation("repeat", operand, along(axis, "times", times, length));
    }

    private static Map<String, Object> along(int axis, String what, long value, long length) {
        Map<String, Object> along = new LinkedHashMap<>();
        along.put("axis", axis);
        along.put(what, value);
        along.put("length", length);
        return along;
    }

    @Override
    public Integer norm(List<Integer> axes, Integer operand) {
        return operation("norm", operand, Map.of("axes", axes));
    }

    @Override
    public Integer cast(DType to, Integer operand) {
        return operation("cast", operand, Map.of("dtype", to.name()));
    }

    @Override
    public Integer lookup(Integer table, Integer indices) {
        return operation("lookup", List.of(table, indices), Map.of());
    }

    @Override
    public Integer unpack(int bits, boolean highFirst, Shape to, Integer integers) {
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("bits", bits);
        more.put("high-first", highFirst);
        more.put("to", to.dimensions());
        return operation("unpack", integers, more);
    }
}
