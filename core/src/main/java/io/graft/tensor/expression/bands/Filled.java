package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;
import java.util.Optional;

/** The same number everywhere, whatever the shape. */
record Filled(Kind kind, double value) implements Step {
    @Override
    public List<Step> operands() {
        return List.of();
    }

    @Override
    public Range reach(int operand, Range range) {
        throw new IllegalStateException("has no operands");
    }

    @Override
    public Optional<Step> turned(Turn turn) {
        return Optional.of(this);
    }

    @Override
    public Work work() {
        Numbers[] filled = new Numbers[1];
        return (range, result, operands) -> {
            Numbers room = result.room(range);
            if (filled[0] != room) {
                room.fill(value);
                filled[0] = room;
            }
        };
    }
}
