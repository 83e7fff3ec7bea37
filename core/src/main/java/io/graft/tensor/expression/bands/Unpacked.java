package io.graft.tensor.expression.bands;

import java.util.Optional;

/** Bit fields of integers that may be looked at in any order, each taken out when it is looked at. */
record Unpacked(Whole words, Packing packing, long count) implements Whole {
    @Override
    public Kind kind() {
        return Kind.LONGS;
    }

    @Override
    public Optional<Numbers> numbers() {
        return Optional.empty();
    }

    @Override
    public void gather(Numbers to, int at, long first, long step, int number) {
        long[] fields = to.longs();
        long each = packing.wordBits() / packing.bits();
        if (step % each == 0) {
            words.gather(to, at, first / each, step / each, number);
            int down = packing.down((int) (first % each) * packing.bits());
            long mask = (1L << packing.bits()) - 1;
            for (int i = at; i < at + number; i++) {
                fields[i] = (fields[i] >>> down) & mask;
            }
            return;
        }
        for (int i = 0; i < number; i++) {
            gather(to, at + i, first + i * step, 0, 1);
        }
    }

    @Override
    public Step step() {
        return new Fields(words.step(), packing, Optional.empty());
    }
}
