package io.graft.examples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A table of text. The first column stands left, the others right. */
public final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();

    public TextTable(String... heads) {
        rows.add(List.of(heads));
    }

    /** Adds a row with a cell for each head. */
    public TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    /** Its lines. */
    public List<String> lines() {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines =
                new ArrayList<>(rows.stream().map(row -> line(row, widths)).toList());
        lines.add(1, "-".repeat(Arrays.stream(widths).sum() + 2 * (widths.length - 1)));
        return lines;
    }

    private static String line(List<String> row, int... widths) {
        StringBuilder line = new StringBuilder(row.get(0))
                .append(" ".repeat(widths[0] - row.get(0).length()));
        for (int i = 1; i < widths.length; i++) {
            line.append(" ".repeat(2 + widths[i] - row.get(i).length())).append(row.get(i));
        }
        return line.toString();
    }
}
