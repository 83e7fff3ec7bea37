package io.graft.checkpoint;

import io.graft.problem.Printable;

/** Names of tensors as text: what a name may hold, and how it is printed. */
public final class TensorName {
    private static final int LONGEST = 200;

    private TensorName() {}

    /** The text as {@link Printable} has it, cut at 200 characters. */
    public static String printable(String text) {
        return text.length() <= LONGEST ? Printable.of(text) : Printable.of(text.substring(0, LONGEST)) + "...";
    }

    /** What forbids the text as a tensor's name or metadata, as the end of a sentence; null if nothing does. */
    public static String flaw(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == 0) {
                return "contains a NUL character";
            }
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == name.length()
                        || !Character.isLowSurrogate(name.charAt(i + 1))) {
                    return "contains half of a surrogate pair";
                }
                i++;
            }
        }
        return null;
    }
}
