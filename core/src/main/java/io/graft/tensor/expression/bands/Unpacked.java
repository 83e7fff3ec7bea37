package io.graft.tensor.expression.bands;

import java.util.Optional;

/**
 * Bit fields of integers that may be looked at in any order, each taken out when it is looked at, or what a table has for it.
 *
 * @param packing without fields that go on in the next integer, and without gaps
 * @param meaning 32-bit numbers by field, for every number that a field can hold
 */
record Unpacked(Whole words, Packing packing, Optional<Numbers> meaning, long count) implements Whole {
    @Override
    public Kind kind() {
        return meaning.isPresent() ? Kind.FLOATS : Kind.LONGS;
    }

    @Override
    public Optional<Numbers> numbers() {
        return Optional.empty();
    }

    /** The same numbers as what a table has for each. */
    Unpacked as(Numbers table) {
        return new Unpacked(words, packing, Optional.of(table), count);
    }

    @Override
    public void gather(Numbers to, int at, long first, long step, int number) {
        int each = packing.wordBits() / packing.bits();
        if (step % each != 0) {
            for (int i = 0; i < number; i++) {
                gather(to, at + i, first + i * step, 0, 1);
            }
            return;
        }
        int down = packing.down((int) (first % each) * packing.bits());
        int place = (int) (first / each);
        int stride = (int) (step / each);
        if (words.numbers().isPresent()) {
            take(words.numbers().get().longs(), place, stride, down, to, at, number);
        } else {
            Numbers some = Numbers.of(Kind.LONGS, number);
            words.gather(some, 0, first / each, step / each, number);
            take(some.longs(), 0, 1, down, to, at, number);
        }
    }

    private void take(long[] from, int first, int stride, int down, Numbers to, int at, int number) {
        int mask = (1 << packing.bits()) - 1;
        int place = first;
        if (meaning.isPresent()) {
            float[] table = meaning.get().floats();
            float[] numbers = to.floats();
            for (int i = at; i < at + number; i++, place += stride) {
                numbers[i] = table[(int) (from[place] >>> down) & mask];
            }
        } else {
            long[] numbers = to.longs();
            for (int i = at; i < at + number; i++, place += stride) {
                numbers[i] = (from[place] >>> down) & mask;
            }
        }
    }

    @Override
    public Step step() {
        return new Fields(words.step(), packing, meaning);
    }
}
