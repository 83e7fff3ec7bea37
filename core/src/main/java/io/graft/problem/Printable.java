package io.graft.problem;

import java.nio.file.Path;
import java.util.Locale;

/** Foreign text made safe to print: names in a file, and of files, may hold anything. */
public final class Printable {
    private Printable() {}

    /**
     * The text on one line: control, format and line-separator characters and halves of surrogate pairs are escaped as in JSON, so
     * that it cannot move the cursor or colour the screen.
     */
    public static String of(String text) {
        if (text.codePoints().noneMatch(Printable::isHidden)) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            if (isHidden(point)) {
                for (char unit : Character.toChars(point)) {
                    shown.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
                }
            } else {
                shown.appendCodePoint(point);
            }
        });
        return shown.toString();
    }

    /** A file as a person would type it here: from the working folder, if it lies in that. */
    public static String of(Path file) {
        Path here = Path.of("").toAbsolutePath();
        return of((file.startsWith(here) ? here.relativize(file) : file).toString());
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
