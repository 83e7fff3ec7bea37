package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Order;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;
import java.util.Optional;

/** Elements in another order, some of them several times or not at all: broadcast, permuted, sliced, repeated. */
record View(Step operand, Order order) implements Step {
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
        return order.reach(range);
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            order.walk(range, (done, from, stride, length) -> operands[0].gather(to, done, from, stride, length));
        };
    }

    /** Those of which some come several times are there, or were too many to be. */
    @Override
    public Optional<Step> turned(Turn turn) {
        return operand.whole().flatMap(whole -> turn.order().of(order).map(both -> new Turned(whole, both)));
    }
}
