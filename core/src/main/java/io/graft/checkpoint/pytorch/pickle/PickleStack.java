package io.graft.checkpoint.pytorch.pickle;

import java.util.ArrayList;
import java.util.List;

/** The stack and the memo of a pickle, both bounded. A wrong use is an {@link IllegalPickle}. */
final class PickleStack {
    private static final int TEXT_OVERHEAD = 48;

    private final PickleLimits limits;
    private final List<PickleValue> values = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private PickleValue[] memo = new PickleValue[64];
    private int remembered;
    private int pushed;
    private long textBytes;

    PickleStack(PickleLimits limits) {
        this.limits = limits;
    }

    void push(PickleValue value) {
        count(1);
        if (value.depth() > limits.depth()) {
            throw IllegalPickle.hostile("values lie inside each other deeper than " + limits.depth());
        }
        values.add(value);
    }

    PickleValue pop() {
        requireAboveMark();
        return values.remove(values.size() - 1);
    }

    PickleValue top() {
        requireAboveMark();
        return values.get(values.size() - 1);
    }

    int size() {
        return values.size();
    }

    void mark() {
        if (marks.size() == limits.depth()) {
            throw IllegalPickle.hostile("more than " + limits.depth() + " marks are open at once");
        }
        marks.add(values.size());
    }

    /** Takes the values above the last mark, and the mark. */
    List<PickleValue> popToMark() {
        if (marks.isEmpty()) {
            throw new IllegalPickle("no mark is open");
        }
        List<PickleValue> above = values.subList(marks.remove(marks.size() - 1), values.size());
        List<PickleValue> taken = List.copyOf(above);
        above.clear();
        return taken;
    }

    /** Remembers under the next number, as protocol 4 does. */
    void rememberNext() {
        remember(remembered);
    }

    void remember(long index) {
        if (index >= limits.values()) {
            throw IllegalPickle.hostile("memo index " + index + " is beyond the bound of " + limits.values());
        }
        if (index >= memo.length) {
            memo = java.util.Arrays.copyOf(
                    memo, (int) Math.max(index + 1, Math.min(limits.values(), 2L * memo.length)));
        }
        if (memo[(int) index] == null) {
            remembered++;
        }
        memo[(int) index] = top();
    }

    PickleValue recall(long index) {
        if (index >= memo.length || memo[(int) index] == null) {
            throw new IllegalPickle("memo index " + index + " was never set");
        }
        return memo[(int) index];
    }

    /** Counts values that are made without being pushed one by one. */
    void count(int made) {
        pushed += made;
        if (pushed > limits.values()) {
            throw IllegalPickle.hostile("more than " + limits.values() + " values");
        }
    }

    /** Counts the memory of a text before it is allocated. */
    void countText(long length) {
        // A length of eight bytes may be negative, or overflow in a sum.
        if (length < 0 || length > limits.textBytes() - textBytes - TEXT_OVERHEAD) {
            throw IllegalPickle.hostile("texts of more than " + limits.textBytes() + " bytes");
        }
        textBytes += length + TEXT_OVERHEAD;
    }

    /** After a container on the stack was added to. */
    void checkDepth(PickleValue container) {
        if (container.depth() > limits.depth()) {
            throw IllegalPickle.hostile("values lie inside each other deeper than " + limits.depth());
        }
    }

    private void requireAboveMark() {
        if (values.size() == (marks.isEmpty() ? 0 : marks.get(marks.size() - 1))) {
            throw new IllegalPickle("a value is missing on the stack");
        }
    }
}
