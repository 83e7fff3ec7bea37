package io.graft.cli.inspect;

import io.graft.checkpoint.TensorEntry;
import io.graft.cli.output.ShortName;
import io.graft.cli.output.TextTable;
import io.graft.problem.Counts;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;

/** The tree of modules as lines. Numbered neighbours that are alike are one; of a large model the deepest levels are left out. */
final class ModuleRows {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final int MOST = 60;

    private final boolean verbose;
    private final List<Row> rows = new ArrayList<>();

    private record Row(int depth, String label, String what, long elements, long bytes) {}

    private ModuleRows(boolean verbose) {
        this.verbose = verbose;
    }

    /** @param verbose whether everything is shown, however long it is */
    static void print(PrintWriter out, ModuleSummary root, boolean verbose) {
        ModuleRows tree = new ModuleRows(verbose);
        tree.addAll(root.children(), 0);
        tree.print(out);
    }

    private void addAll(List<ModuleSummary> children, int depth) {
        List<ModuleSummary> siblings = verbose ? children : inOrderOfNumbers(children);
        for (int i = 0; i < siblings.size(); ) {
            int end = verbose ? i + 1 : endOfAlike(siblings, i);
            add(siblings.subList(i, end), depth);
            i = end;
        }
    }

    /** Files have names in any order, often 0, 1, 10, 2; numbered modules take the places of each other. */
    private static List<ModuleSummary> inOrderOfNumbers(List<ModuleSummary> siblings) {
        Iterator<ModuleSummary> numbered = siblings.stream()
                .filter(ModuleRows::isNumberedModule)
                .sorted(Comparator.comparingInt(ModuleRows::number))
                .iterator();
        return siblings.stream()
                .map(node -> isNumberedModule(node) ? numbered.next() : node)
                .toList();
    }

    private static int number(ModuleSummary node) {
        return Integer.parseInt(node.segment());
    }

    /** {@code 0 to 2, 5 to 6}: nobody shall take a gap for a module. */
    private static String ranges(List<ModuleSummary> numbered) {
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i < numbered.size(); ) {
            int end = i + 1;
            while (end < numbered.size() && number(numbered.get(end)) == number(numbered.get(end - 1)) + 1) {
                end++;
            }
            String first = numbered.get(i).segment();
            ranges.add(
                    end == i + 1
                            ? first
                            : first + " to " + numbered.get(end - 1).segment());
            i = end;
        }
        return String.join(", ", ranges);
    }

    private static int endOfAlike(List<ModuleSummary> siblings, int start) {
        int end = start + 1;
        if (isNumberedModule(siblings.get(start))) {
            List<Object> structure = siblings.get(start).structure();
            while (end < siblings.size()
                    && isNumberedModule(siblings.get(end))
                    && siblings.get(end).structure().equals(structure)) {
                end++;
            }
        }
        return end;
    }

    private static boolean isNumberedModule(ModuleSummary node) {
        return !node.children().isEmpty() && NUMBER.matcher(node.segment()).matches();
    }

    private void add(List<ModuleSummary> alike, int depth) {
        ModuleSummary node = alike.get(0);
        String label = node.segment();
        // A module that holds one module and nothing else shares its line.
        while (alike.size() == 1
                && node.tensor() == null
                && node.children().size() == 1
                && !node.children().get(0).children().isEmpty()) {
            node = node.children().get(0);
            label += "." + node.segment();
        }
        if (alike.size() > 1) {
            label = ranges(alike);
        }
        TensorEntry tensor = node.tensor();
        String what = tensor != null
                ? tensor.dtype() + " " + tensor.shape()
                : (alike.size() > 1 ? alike.size() + " x " : "") + Counts.of(node.tensors(), "tensor");
        rows.add(new Row(
                depth,
                label,
                what,
                alike.stream().mapToLong(ModuleSummary::elements).sum(),
                alike.stream().mapToLong(ModuleSummary::bytes).sum()));
        addAll(node.children(), depth + 1);
    }

    private void print(PrintWriter out) {
        int deepest = deepestShown();
        List<Row> fitting = rows.stream().filter(row -> row.depth <= deepest).toList();
        List<Row> shown = verbose ? fitting : fitting.subList(0, Math.min(MOST, fitting.size()));
        TextTable table = new TextTable();
        for (Row row : shown) {
            table.row(
                    "  ".repeat(row.depth) + ShortName.of(row.label, verbose),
                    row.what,
                    Counts.of(row.elements, "element"),
                    Counts.of(row.bytes, "byte"));
        }
        table.print(out, "  ");
        if (shown.size() < rows.size()) {
            out.println("  and " + Counts.of(rows.size() - shown.size(), "line")
                    + " more; -v shows all, --keys a part of it");
        }
    }

    /** The level down to which everything fits; at least the first one is shown. */
    private int deepestShown() {
        int deepest = rows.stream().mapToInt(Row::depth).max().orElse(0);
        while (!verbose && deepest > 0 && fitting(deepest) > MOST) {
            deepest--;
        }
        return deepest;
    }

    private long fitting(int deepest) {
        return rows.stream().filter(row -> row.depth <= deepest).count();
    }
}
