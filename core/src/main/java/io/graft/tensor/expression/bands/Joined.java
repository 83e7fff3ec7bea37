package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;

/**
 * Tensors one after the other along an axis.
 *
 * @param lengths how many elements of each follow each other
 * @param length of all of them
 */
record Joined(List<Step> operands, List<Long> lengths, long length) implements Step {
    @Override
    public Kind kind() {
        return operands.get(0).kind();
    }

    @Override
    public Range reach(int operand, Range range) {
        if (range.isEmpty()) {
            return Range.EMPTY;
        }
        return new Range(before(operand, range.first()), before(operand, range.end()));
    }

    /** How many elements of an operand come before one of the result. */
    private long before(int operand, long element) {
        long start =
                lengths.subList(0, operand).stream().mapToLong(Long::longValue).sum();
        long inside = Math.min(Math.max(element % length - start, 0), lengths.get(operand));
        return element / length * lengths.get(operand) + inside;
    }

    @Override
    public Work work() {
        return (range, result, pieces) -> {
            Numbers to = result.room(range);
            int count = (int) range.count();
            for (int done = 0; done < count; ) {
                long at = range.first() + done;
                int operand = 0;
                long place = at % length;
                while (place >= lengths.get(operand)) {
                    place -= lengths.get(operand);
                    operand++;
                }
                int next = (int) Math.min(count - done, lengths.get(operand) - place);
                Piece from = pieces[operand];
                to.copy(done, from.numbers(), from.at(at / length * lengths.get(operand) + place), next);
                done += next;
            }
        };
    }
}
