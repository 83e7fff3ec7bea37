package io.graft.report;

import io.graft.problem.Printable;
import io.graft.report.ModelTable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Prints a {@link ModelTable}. */
final class ModelTableText {
    private static final List<String> HEAD = List.of("path", "type", "shape", "params", "trainable");

    /** The column of numbers, which end in the same place. */
    private static final int NUMBERS = 3;

    private ModelTableText() {}

    static String of(ModelTable table) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEAD);
        table.rows().forEach(row -> lines.add(line(row)));
        int[] widths = new int[HEAD.size()];
        for (List<String> line : lines) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], line.get(column).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> line : lines) {
            StringBuilder padded = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                String cell = line.get(column);
                String space = " ".repeat(widths[column] - cell.length());
                padded.append(column == 0 ? "" : "  ").append(column == NUMBERS ? space + cell : cell + space);
            }
            text.append(padded.toString().stripTrailing()).append('\n');
        }
        return text.append(TrainableLine.of(table.totals())).append('\n').toString();
    }

    private static String running(Row row, String parameter) {
        String kernel = row.kernels().get(parameter);
        return kernel == null ? "" : " (" + kernel + ")";
    }

    private static List<String> line(Row row) {
        String shapes = row.parameters().entrySet().stream()
                .map(each -> Printable.of(each.getKey()) + " " + each.getValue() + running(row, each.getKey()))
                .collect(Collectors.joining(", "));
        return List.of(
                row.path().isEmpty() ? "." : Printable.of(row.path()),
                Printable.of(row.type()),
                shapes,
                row.parameters().isEmpty() ? "--" : String.format(Locale.ROOT, "%,d", row.elements()),
                switch (row.trained()) {
                    case YES -> "yes";
                    case NO -> "no";
                    case PARTLY -> "partly";
                    case NOTHING -> "--";
                });
    }
}
