package io.graft.cli.diff;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.checkpoint.diff.CheckpointComparison;
import io.graft.checkpoint.diff.CheckpointDiff;
import io.graft.checkpoint.diff.TensorDiff;
import io.graft.checkpoint.diff.ValueDiff;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.output.ShortName;
import io.graft.cli.output.TextTable;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.problem.ShortList;
import io.graft.tensor.DType;
import io.graft.tensor.Shape;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What differs between two checkpoints, for people. */
final class DiffText {
    private static final int SHORT_LIST = 10;

    private final PrintWriter out;
    private final boolean verbose;

    DiffText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    void print(
            GivenCheckpoint a,
            GivenCheckpoint b,
            CheckpointComparison comparison,
            List<String> notes,
            CheckpointDiff diff) {
        out.println("A  " + title(a));
        out.println("B  " + title(b));
        notes.forEach(note -> out.println("! " + Printable.of(note)));
        printNames("-", "only in A", diff.onlyInA(), comparison.a().values());
        printNames("+", "only in B", diff.onlyInB(), comparison.b().values());
        List<TensorDiff> different = diff.differing();
        if (!different.isEmpty()) {
            out.println("~ " + Counts.of(different.size(), "tensor")
                    + (different.size() == 1 ? " differs" : " differ")
                    + (comparison.tolerance().isExact() ? "" : " by more than " + comparison.tolerance()));
            TextTable table = new TextTable();
            ShortList<TensorDiff> few = ShortList.of(different, SHORT_LIST, verbose);
            few.shown().forEach(tensor -> table.row(name(tensor), types(tensor), finding(tensor)));
            table.print(out, "    ");
            few.printMore(out, "    ");
        }
        int equal = diff.tensors().size() - different.size();
        out.println("= " + Counts.of(equal, "tensor") + (equal == 1 ? " is equal" : " are equal") + tolerated(diff));
    }

    /** How many are the same for what is tolerated alone. */
    private static String tolerated(CheckpointDiff diff) {
        List<ValueDiff> apart = diff.tensors().stream()
                .filter(TensorDiff::isEqual)
                .flatMap(tensor -> tensor.values().stream())
                .filter(values -> !values.isEqual())
                .toList();
        return apart.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", %,d of them within the tolerance (apart by at most %.3e, relative %.3e)",
                        apart.size(),
                        apart.stream().mapToDouble(ValueDiff::maxAbsolute).max().orElseThrow(),
                        apart.stream().mapToDouble(ValueDiff::maxRelative).max().orElseThrow());
    }

    private void printNames(String mark, String where, List<String> names, Collection<TensorEntry> tensors) {
        if (names.isEmpty()) {
            return;
        }
        out.println(mark + " " + Counts.of(names.size(), "tensor") + " " + where);
        TextTable table = new TextTable();
        ShortList<String> few = ShortList.of(names, SHORT_LIST, verbose);
        Set<String> shown = Set.copyOf(few.shown());
        tensors.stream()
                .filter(entry -> shown.contains(entry.name()))
                .forEach(entry -> table.row(ShortName.of(entry.name(), verbose), type(entry.dtype(), entry.shape())));
        table.print(out, "    ");
        few.printMore(out, "    ");
    }

    private String name(TensorDiff tensor) {
        return tensor.name().equals(tensor.nameInB())
                ? ShortName.of(tensor.name(), verbose)
                : ShortName.of(tensor.name(), verbose) + " = " + ShortName.of(tensor.nameInB(), verbose);
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
        if (values.isWithin()) {
            return (values.isEqual() ? "the same values" : "values within the tolerance") + special;
        }
        ValueDiff.FirstDifference first = values.first().orElseThrow();
        return String.format(
                        Locale.ROOT,
                        "%,d of %,d elements differ, by at most %.3e (relative %.3e); first at %s: %s and %s",
                        values.elements() - values.within(),
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
        return Printable.of(given.shown()) + "  (" + checkpoint.format() + ", " + checkpoint.content() + ")";
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
