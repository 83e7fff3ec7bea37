package io.graft.problem;

/**
 * A place in a configuration.
 *
 * @param file the file, or a description such as {@code --set} or {@code env variables}
 * @param line from 1; 0 if unknown
 * @param column from 1; 0 if unknown or ambiguous
 * @param length characters to underline, from the column
 * @param text the line as it stands in the file; empty if unknown
 */
public record SourceRef(String file, int line, int column, int length, String text) {
    /** A place of which only the file or source is known. */
    public static SourceRef of(String file) {
        return new SourceRef(file, 0, 0, 0, "");
    }

    /** As messages show it: {@code conf/train.conf:6:12}, without what is not known. */
    public String display() {
        String place = line > 0 ? file + ":" + line : file;
        return column > 0 ? place + ":" + column : place;
    }
}
