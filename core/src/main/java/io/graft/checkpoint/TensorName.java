package io.graft.checkpoint;

/** Names of tensors as text: what a name may hold, and how it is printed. */
public final class TensorName {
    private static final int LONGEST = 200;

    private TensorName() {}

    /**
     * The text on one line: control, format and line-separator characters and halves of surrogate pairs are escaped as in
     * JSON, and what exceeds 200 characters is cut.
     */
    public static String printable(String text) {
        StringBuilder printed = null;
        int end = Math.min(text.length(), LONGEST);
        for (int i = 0; i < end; ) {
            int codePoint = text.codePointAt(i);
            int width = Character.charCount(codePoint);
            if (isHidden(codePoint)) {
                if (printed == null) {
                    printed = new StringBuilder().append(text, 0, i);
                }
                for (int unit = i; unit < i + width; unit++) {
                    printed.append(String.format("\\u%04x", (int) text.charAt(unit)));
                }
            } else if (printed != null) {
                printed.appendCodePoint(codePoint);
            }
            i += width;
        }
        if (end < text.length()) {
            return (printed == null ? text.substring(0, end) : printed) + "...";
        }
        return printed == null ? text : printed.toString();
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

    private static boolean isHidden(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
