package io.graft.tensor.expression.bands.numbers;

/**
 * Bit fields that lie in integers without gaps, row by row.
 *
 * @param bits of each
 * @param highFirst whether the first field of an integer is its highest bits
 * @param wordBits of each integer
 * @param wordsOfRow integers in a row
 * @param fieldsOfRow fields in a row
 */
public record Packing(int bits, boolean highFirst, int wordBits, long wordsOfRow, long fieldsOfRow) {
    /** The integer in which a bit of a field lies. */
    public long wordOf(long field, long bit) {
        return field / fieldsOfRow * wordsOfRow + (field % fieldsOfRow * bits + bit) / wordBits;
    }

    /** Bits of that integer before a field, from the end that fields begin at. */
    public int shiftOf(long field) {
        return (int) (field % fieldsOfRow * bits % wordBits);
    }

    /** Fields in an integer, where none goes on in the next one. */
    public int fieldsOfWord() {
        return wordBits / bits;
    }

    /** Whether a table has a row for every field. */
    public boolean has(Numbers table) {
        return table.size() >> bits > 0;
    }

    /** Whether no field goes on in the next integer. */
    public boolean isWhole() {
        return wordBits % bits == 0;
    }

    /** Whether integers are full, so that a row of fields has the bits of its integers. */
    public boolean isDense() {
        return isWhole() && fieldsOfRow * bits == wordsOfRow * wordBits;
    }

    /** How far a field is shifted down that begins after some bits. */
    public int down(int shift) {
        return highFirst ? wordBits - bits - shift : shift;
    }

    /** What a table has for fields that follow each other. */
    public void take(long[] from, int word, int shift, float[] table, float[] to, int at, int count) {
        int mask = (1 << bits) - 1;
        int end = at + count;
        int i = at;
        int place = word;
        if (!isWhole()) {
            for (int bit = shift; i < end; i++, bit += bits) {
                to[i] = table[(int) straddling(from, place + bit / wordBits, bit % wordBits)];
            }
            return;
        }
        int each = wordBits / bits;
        for (int bit = shift; bit > 0 && bit < wordBits && i < end; bit += bits) {
            to[i++] = table[(int) (from[place] >>> down(bit)) & mask];
            place += bit + bits == wordBits ? 1 : 0;
        }
        int step = highFirst ? -bits : bits;
        if (each == 2) {
            int first = down(0);
            int second = first + step;
            for (; i + 1 < end; i += 2) {
                int fields = (int) from[place++];
                to[i] = table[(fields >>> first) & mask];
                to[i + 1] = table[(fields >>> second) & mask];
            }
        } else if (each == 8 && wordBits == Integer.SIZE && !highFirst) {
            for (; i + 7 < end; i += 8) {
                int fields = (int) from[place++];
                to[i] = table[fields & 15];
                to[i + 1] = table[(fields >>> 4) & 15];
                to[i + 2] = table[(fields >>> 8) & 15];
                to[i + 3] = table[(fields >>> 12) & 15];
                to[i + 4] = table[(fields >>> 16) & 15];
                to[i + 5] = table[(fields >>> 20) & 15];
                to[i + 6] = table[(fields >>> 24) & 15];
                to[i + 7] = table[fields >>> 28];
            }
        } else if (wordBits <= Integer.SIZE) {
            for (; i + each <= end; i += each) {
                int fields = (int) from[place++];
                int by = down(0);
                for (int j = 0; j < each; j++, by += step) {
                    to[i + j] = table[(fields >>> by) & mask];
                }
            }
        }
        for (int bit = 0; i < end; i++, bit += bits) {
            to[i] = table[(int) (from[place + bit / wordBits] >>> down(bit % wordBits)) & mask];
        }
    }

    /** Fields that follow each other. */
    public void take(long[] from, int word, int shift, long[] to, int at, int count) {
        long mask = (1L << bits) - 1;
        boolean isWhole = isWhole();
        for (int i = 0, bit = shift; i < count; i++, bit += bits) {
            int place = word + bit / wordBits;
            to[at + i] =
                    isWhole ? (from[place] >>> down(bit % wordBits)) & mask : straddling(from, place, bit % wordBits);
        }
    }

    private long straddling(long[] from, int at, int firstBit) {
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
