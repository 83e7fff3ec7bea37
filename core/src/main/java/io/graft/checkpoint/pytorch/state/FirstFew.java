package io.graft.checkpoint.pytorch.state;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A list for a message: the first texts, and how many more there are. */
public final class FirstFew {
    private static final int MOST = 10;

    private final List<String> first = new ArrayList<>();
    private int count;

    /** Adds one; the text is asked for only if it will be shown. */
    public void add(Supplier<String> text) {
        if (count++ < MOST) {
            first.add(text.get());
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public String toString() {
        return String.join(", ", first) + (count > MOST ? " and " + (count - MOST) + " more" : "");
    }
}
