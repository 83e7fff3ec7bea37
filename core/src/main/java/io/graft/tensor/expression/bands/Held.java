package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;
import java.util.Optional;

/** Elements that are in memory, or, for who looks at them in any order, in a temporary file. */
record Held(Whole elements) implements Step {
    static Held of(Numbers numbers, long count) {
        return new Held(new Memory(numbers, count));
    }

    @Override
    public Kind kind() {
        return elements.kind();
    }

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
        return Optional.of(new Turned(elements, turn.order()));
    }

    @Override
    public Work work() {
        return (range, result, operands) -> result.set(elements);
    }

    @Override
    public Optional<Whole> whole() {
        return Optional.of(elements);
    }

    /** Elements in memory. */
    record Memory(Numbers array, long count) implements Whole {
        @Override
        public Kind kind() {
            return array.kind();
        }

        @Override
        public Optional<Numbers> numbers() {
            return Optional.of(array);
        }

        @Override
        public void gather(Numbers to, int at, long first, long step, int number) {
            to.gather(at, array, (int) first, (int) step, number);
        }

        @Override
        public Step step() {
            return new Held(this);
        }
    }
}
