package io.graft.tensor.expression.bands;

import java.util.List;

/**
 * Unsigned numbers out of bit fields.
 *
 * @param wordBits of each integer
 * @param wordsOfRow integers in a row
 * @param fieldsOfRow fields in a row
 */
record Fields(Step words, int bits, boolean highFirst, int wordBits, long wordsOfRow, long fieldsOfRow)
        implements Step {
    @Override
    public Kind kind() {
        return Kind.LONGS;
    }

    @Override
    public List<Step> operands() {
        return List.of(words);
    }

    @Override
    public Range reach(int operand, Range range) {
        return range.isEmpty()
                ? Range.EMPTY
                : new Range(wordOf(range.first(), 0), wordOf(range.end() - 1, bits - 1L) + 1);
    }

    /** The integer in which a bit of a field lies. */
    private long wordOf(long field, long bit) {
        return field / fieldsOfRow * wordsOfRow + (field % fieldsOfRow * bits + bit) / wordBits;
    }

    @Override
    public Work work() {
        return (range, result, operands) -> {
            long[] to = result.room(range).longs();
            for (int i = 0; i < range.count(); i++) {
                long field = range.first() + i;
                long bit = field % fieldsOfRow * bits;
                int word = operands[0].at(wordOf(field, 0));
                to[i] = field(operands[0].numbers().longs(), word, (int) (bit % wordBits));
            }
        };
    }

    private long field(long[] from, int at, int firstBit) {
        long field = 0;
        int word = at;
        int start = firstBit;
        for (int done = 0; done < bits; ) {
            int next = Math.min(bits - done, wordBits - start);
            long mask = (1L << next) - 1;
            if (highFirst) {
                field = field << next | (from[word] >>> (wordBits - start - next) & mask);
            } else {
                field |= (from[word] >>> start & mask) << done;
            }
            done += next;
            start = 0;
            word++;
        }
        return field;
    }
}
