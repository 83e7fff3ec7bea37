package io.graft.problem;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/** A list for a message: the first texts, and how many more there are. */
public final class FirstFew {
    private static final int MOST_NAMES = 4;

    private final int most;
    private final List<String> first = new ArrayList<>();
    private int count;

    /** A list of ten at most. */
    public FirstFew() {
        this(10);
    }

    private FirstFew(int most) {
        this.most = most;
    }

    /** The first of several texts. */
    public static String of(Collection<String> texts, int most) {
        FirstFew few = new FirstFew(most);
        texts.forEach(text -> few.add(() -> text));
        return few.toString();
    }

    /** The first four names, in back-ticks. */
    public static String names(Collection<String> names) {
        FirstFew few = new FirstFew(MOST_NAMES);
        names.forEach(name -> few.add(() -> "`" + name + "`"));
        return few.toString();
    }

    /** Adds one; the text is asked for only if it will be shown. */
    public void add(Supplier<String> text) {
        if (count++ < most) {
            first.add(text.get());
        }
    }

    public boolean isEmpty() {
        return count == 0;
    }

    @Override
    public String toString() {
        return String.join(", ", first) + (count > most ? " and " + (count - most) + " more" : "");
    }
}
