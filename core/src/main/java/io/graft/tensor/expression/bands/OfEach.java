package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.Operation;
import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;
import java.util.Optional;

/** A function of each element. */
record OfEach(Step operand, Operation.Function function) implements Step {
    @Override
    public Kind kind() {
        return operand.kind();
    }

    @Override
    public List<Step> operands() {
        return List.of(operand);
    }

    @Override
    public Range reach(int at, Range range) {
        return range;
    }

    @Override
    public Optional<Step> turned(Turn turn) {
        return turn.of(operand).map(each -> new OfEach(each, function));
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            int count = (int) range.count();
            int from = operands[0].at(range.first());
            to.copy(0, operands[0].numbers(), from, count);
            for (int i = 0; i < count; i++) {
                if (kind() == Kind.FLOATS) {
                    to.floats()[i] = (float) of(to.floats()[i]);
                } else {
                    to.doubles()[i] = of(to.doubles()[i]);
                }
            }
        };
    }

    /** The same on every machine, which is why it is not that of the processor. */
    private double of(double value) {
        return function == Operation.Function.SQRT ? Math.sqrt(value) : StrictMath.exp(value);
    }
}
