package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Order;
import io.graft.tensor.expression.bands.numbers.Packing;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;
import java.util.Optional;

/**
 * Bit fields in another order than that in which they lie in integers, or what a table has for each of them.
 *
 * @param packing without fields that go on in the next integer, and without gaps
 * @param meaning 32-bit numbers by field, for every number that a field can hold
 * @param order of the fields
 */
record Unpacked(Step words, Packing packing, Optional<Numbers> meaning, Order order) implements Step {
    @Override
    public Kind kind() {
        return meaning.map(Numbers::kind).orElse(Kind.LONGS);
    }

    @Override
    public List<Step> operands() {
        return List.of(words);
    }

    @Override
    public Range reach(int operand, Range range) {
        return order.reach(range).rows(packing.fieldsOfWord());
    }

    @Override
    public Optional<Step> meaning(Numbers table) {
        return packing.has(table) && meaning.isEmpty()
                ? Optional.of(new Unpacked(words, packing, Optional.of(table), order))
                : Optional.empty();
    }

    @Override
    public Work work() {
        Piece gathered = new Piece(Kind.LONGS);
        int each = packing.fieldsOfWord();
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            order.walk(range, (done, from, stride, length) -> {
                if (stride % each != 0) {
                    for (int i = 0; i < length; i++) {
                        long field = from + i * stride;
                        take(operands[0], gathered, field / each, 0, (int) (field % each), to, done + i, 1);
                    }
                } else {
                    take(operands[0], gathered, from / each, stride / each, (int) (from % each), to, done, length);
                }
            });
        };
    }

    /** The same field of integers that lie a step apart. */
    private void take(Piece words, Piece gathered, long first, long step, int field, Numbers to, int at, int count) {
        int down = packing.down(field * packing.bits());
        if (words.numbers() == null) {
            Numbers some = gathered.room(new Range(0, count));
            words.gather(some, 0, first, step, count);
            take(some.longs(), 0, 1, down, to, at, count);
        } else {
            take(words.numbers().longs(), words.at(first), (int) step, down, to, at, count);
        }
    }

    private void take(long[] from, int first, int stride, int down, Numbers to, int at, int number) {
        long mask = (1L << packing.bits()) - 1;
        int place = first;
        if (meaning.isPresent()) {
            float[] table = meaning.get().floats();
            float[] numbers = to.floats();
            for (int i = at; i < at + number; i++, place += stride) {
                numbers[i] = table[(int) ((from[place] >>> down) & mask)];
            }
        } else {
            long[] numbers = to.longs();
            for (int i = at; i < at + number; i++, place += stride) {
                numbers[i] = (from[place] >>> down) & mask;
            }
        }
    }
}
