package io.graft.problem;

import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;

/**
 * A list as a report shows it: the first of its lines, and how many more there are. One line more than the limit is shown as it
 * is, since telling of it would take as much room.
 *
 * @param shown what has a line of its own
 * @param more how many have none
 */
public record ShortList<T>(List<T> shown, int more) {
    public ShortList {
        shown = List.copyOf(shown);
    }

    /**
     * @param most how many lines there are at most
     * @param verbose whether all are shown however many there are, as {@code -v} asks for
     */
    public static <T> ShortList<T> of(List<T> all, int most, boolean verbose) {
        int shown = verbose || all.size() <= most + 1 ? all.size() : most;
        return new ShortList<>(all.subList(0, shown), all.size() - shown);
    }

    /** Prints a line for each that is shown, and one about the others. */
    public void print(PrintWriter out, String indent, Function<? super T, String> line) {
        shown.forEach(element -> out.println(indent + line.apply(element)));
        printMore(out, indent);
    }

    /** Prints a line about those that are not shown, if there are any. */
    public void printMore(PrintWriter out, String indent) {
        if (more > 0) {
            out.println(indent + "and " + more + " more; -v lists all");
        }
    }
}
