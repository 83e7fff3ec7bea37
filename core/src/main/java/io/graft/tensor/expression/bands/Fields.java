package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Kind;
import io.graft.tensor.expression.bands.numbers.Numbers;
import io.graft.tensor.expression.bands.numbers.Order;
import io.graft.tensor.expression.bands.numbers.Packing;
import io.graft.tensor.expression.bands.numbers.Range;
import java.util.List;
import java.util.Optional;

/**
 * Unsigned numbers out of bit fields, or what a table has for each of them.
 *
 * @param packing how fields lie in integers
 * @param meaning 32-bit numbers by field, for every number that a field can hold
 */
record Fields(Step words, Packing packing, Optional<Numbers> meaning) implements Step {
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
        return range.isEmpty()
                ? Range.EMPTY
                : new Range(packing.wordOf(range.first(), 0), packing.wordOf(range.end() - 1, packing.bits() - 1L) + 1);
    }

    @Override
    public Optional<Step> meaning(Numbers table) {
        return packing.has(table) && meaning.isEmpty()
                ? Optional.of(new Fields(words, packing, Optional.of(table)))
                : Optional.empty();
    }

    /** Integers are smaller than what is in them: they are held where they cannot be turned. */
    @Override
    public Optional<Step> turned(Turn turn) {
        if (!packing.isDense()) {
            return Optional.empty();
        }
        Order order = turn.order();
        Optional<Step> inGroups = order.inGroups(packing.fieldsOfWord())
                .flatMap(both -> turn.with(both.groups())
                        .of(words)
                        .map(integers -> new Unpacked(integers, packing, meaning, both.elements())));
        return inGroups.or(() -> {
            Whole integers = turn.whole(words, order.count() / packing.fieldsOfWord());
            return Optional.of(new Unpacked(new Held(integers), packing, meaning, order));
        });
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            Numbers to = result.room(range);
            long[] from = operands[0].numbers().longs();
            int count = (int) range.count();
            for (int done = 0; done < count; ) {
                long field = range.first() + done;
                int next = (int) Math.min(count - done, packing.fieldsOfRow() - field % packing.fieldsOfRow());
                row(from, operands[0].at(packing.wordOf(field, 0)), packing.shiftOf(field), to, done, next);
                done += next;
            }
        };
    }

    /**
     * Some fields of a row.
     *
     * @param word where the integer lies that the first one begins in
     * @param shift bits of it before that
     */
    private void row(long[] from, int word, int shift, Numbers to, int at, int count) {
        if (meaning.isPresent()) {
            packing.take(from, word, shift, meaning.get().floats(), to.floats(), at, count);
        } else {
            packing.take(from, word, shift, to.longs(), at, count);
        }
    }
}
