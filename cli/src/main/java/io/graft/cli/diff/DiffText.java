package io.graft.cli.diff;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.diff.CheckpointDiff;
import io.graft.checkpoint.diff.TensorDiff;
import io.graft.checkpoint.diff.ValueDiff;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.output.TextTable;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** What differs between two checkpoints, for people. */
final class DiffText {
    private static final int SHORT_LIST = 10;

    private final PrintWriter out;
    private final boolean verbose;

    DiffText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    void print(GivenCheckpoint a, GivenCheckpoint b, CheckpointDiff diff) {
        out.println("A  " + title(a));
        out.println("B  " + title(b));
        printNames("-", "only in A", diff.onlyInA(), a.checkpoint());
        printNames("+", "only in B", diff.onlyInB(), b.checkpoint());
        List<TensorDiff> different =
                diff.tensors().stream().filter(tensor -> !tensor.isEqual()).toList();
        if (!different.isEmpty()) {
            out.println(
                    "~ " + Counts.of(different.size(), "tensor") + (different.size() == 1 ? " differs" : " differ"));
            TextTable table = new TextTable();
            different
                    .subList(0, shown(different.size()))
                    .forEach(tensor -> table.row(Printable.of(tensor.name()), types(tensor), finding(tensor)));
            table.print(out, "    ");
            printRest(different.size());
        }
        int equal = diff.tensors().size() - different.size();
        out.println("= " + Counts.of(equal, "tensor") + (equal == 1 ? " is equal" : " are equal"));
    }

    private void printNames(String mark, String where, List<String> names, Checkpoint checkpoint) {
        if (names.isEmpty()) {
            return;
        }
        out.println(mark + " " + Counts.of(names.size(), "tensor") + " " + where);
        TextTable table = new TextTable();
        names.subList(0, shown(names.size())).forEach(name -> {
            TensorEntry entry =
                    checkpoint.tensors().getOrDefault(name, checkpoint.stored().get(name));
            table.row(Printable.of(name), type(entry.dtype(), entry.shape()));
        });
        table.print(out, "    ");
        printRest(names.size());
    }

    private int shown(int size) {
        return verbose || size <= SHORT_LIST + 1 ? size : SHORT_LIST;
    }

    private void printRest(int size) {
        if (shown(size) < size) {
            out.println("    and " + (size - shown(size)) + " more; -v lists all");
        }
    }

    private static String types(TensorDiff tensor) {
        String a = type(tensor.dtypeA(), tensor.shapeA());
        String b = type(tensor.dtypeB(), tensor.shapeB());
        return a.equals(b) ? a : a + " and " + b;
    }

    private static String type(DType dtype, Shape shape) {
        return dtype + " " + shape;
    }

    private static String finding(TensorDiff tensor) {
        if (tensor.values().isEmpty()) {
            return "not comparable";
        }
        ValueDiff values = tensor.values().get();
        String special = special(values);
        if (values.isEqual()) {
            return "the same values" + special;
        }
        ValueDiff.FirstDifference first = values.first().orElseThrow();
        return String.format(
                        Locale.ROOT,
                        "%,d of %,d elements differ, by at most %.3e (relative %.3e); first at %s: %s and %s",
                        values.elements() - values.equal(),
                        values.elements(),
                        values.maxAbsolute(),
                        values.maxRelative(),
                        first.index(),
                        first.a(),
                        first.b())
                + special;
    }

    private static String title(GivenCheckpoint given) {
        Checkpoint checkpoint = given.checkpoint();
        return Printable.of(given.shown()) + "  (" + checkpoint.format() + ", " + checkpoint.layout() + ")";
    }

    private static String special(ValueDiff values) {
        ValueDiff.Special a = values.specialA();
        ValueDiff.Special b = values.specialB();
        return (a.nan() + b.nan() == 0 ? "" : String.format(Locale.ROOT, "; NaN: %,d and %,d", a.nan(), b.nan()))
                + (a.infinite() + b.infinite() == 0
                        ? ""
                        : String.format(Locale.ROOT, "; infinite: %,d and %,d", a.infinite(), b.infinite()));
    }
}
