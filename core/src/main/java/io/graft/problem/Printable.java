package io.graft.problem;

/** Text from files made safe to print: names in a checkpoint may hold control characters. */
public final class Printable {
    private Printable() {}

    /** The text with control characters as escapes, so that it cannot move the cursor or colour the screen. */
    public static String of(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
                safe.append(String.format("\\u%04x", point));
            } else {
                safe.appendCodePoint(point);
            }
        });
        return safe.toString();
    }
}
