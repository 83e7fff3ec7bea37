package io.graft.checkpoint.write;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of several parts that the files of an output are dealt out to, one after the other, so that several processes write one
 * output.
 *
 * @param number from 1
 * @param count how many parts there are
 */
public record Part(int number, int count) {
    /** All files. */
    public static final Part WHOLE = new Part(1, 1);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    public Part {
        if (number < 1 || number > count) {
            throw new IllegalArgumentException("part " + number + " of " + count + " does not exist");
        }
    }

    /**
     * The part that a text such as {@code 2/8} names.
     *
     * @throws IllegalArgumentException if it names none
     */
    public static Part parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("`" + text + "` is not a part; write 2/8 for the second one of eight");
        }
        return new Part(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Whether this is all there is. */
    public boolean isWhole() {
        return count == 1;
    }

    /** Whether a file belongs to the part. */
    public boolean contains(int index) {
        return index % count == number - 1;
    }

    @Override
    public String toString() {
        return number + "/" + count;
    }
}
