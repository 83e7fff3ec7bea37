package io.graft.cli.inspect;

import io.graft.checkpoint.Aside;
import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.output.ShortName;
import io.graft.cli.output.TextTable;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.problem.ShortList;
import io.graft.tensor.DType;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a checkpoint holds, for people. */
final class InspectText {
    private static final int SHORT_LIST = 10;

    private final PrintWriter out;
    private final boolean verbose;

    InspectText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    /**
     * @param shown the tensors to show; the totals are theirs
     * @param listed whether they are listed one by one, rather than by module
     */
    void print(GivenCheckpoint given, Collection<TensorEntry> shown, boolean listed) {
        Checkpoint checkpoint = given.checkpoint();
        out.println(Printable.of(given.shown()));
        out.println(checkpoint.format() + ", " + checkpoint.content()
                + (checkpoint.others().isEmpty()
                        ? ""
                        : ", section " + Printable.of(checkpoint.section().name())));
        TextTable table = new TextTable();
        Map<DType, Integer> dtypes = new EnumMap<>(DType.class);
        long elements = 0;
        long bytes = 0;
        for (TensorEntry entry : shown) {
            long size = entry.data().byteCount();
            elements += entry.shape().elementCount();
            bytes += size;
            dtypes.merge(entry.dtype(), 1, Integer::sum);
            table.row(
                    ShortName.of(entry.name(), verbose),
                    entry.dtype().name(),
                    entry.shape().toString(),
                    Counts.of(size, "byte"));
        }
        String totals = Stream.of(
                        Counts.of(shown.size(), "tensor"), Counts.of(elements, "element"), Counts.of(bytes, "byte"))
                .collect(Collectors.joining(", "));
        out.println(dtypes.entrySet().stream()
                .map(count -> count.getKey() + " " + count.getValue())
                .collect(Collectors.joining(", ", totals + ": ", "")));
        out.println();
        if (listed) {
            table.print(out, "  ");
        } else {
            ModuleRows.print(out, ModuleSummary.of(shown), verbose);
        }
        List<String> ties = new ArrayList<>();
        checkpoint.ties().forEach(names -> ties.add(String.join(" = ", names)));
        checkpoint
                .impliedTie()
                .ifPresent(tie -> ties.add(tie.tensor() + " = " + tie.name() + ", by "
                        + tie.config().getFileName() + "; the file has the first only"));
        printTies(ties);
        printAsides(checkpoint.asides());
        Schemes.of(checkpoint, shown).print(out);
        if (!checkpoint.metadata().isEmpty()) {
            out.println();
            TextTable metadata = new TextTable();
            checkpoint.metadata().forEach((key, value) -> metadata.row(Printable.of(key), Printable.of(value)));
            metadata.print(out, "  ");
        }
        checkpoint.warnings().forEach(warning -> out.println("! " + Printable.of(warning)));
    }

    private void printAsides(List<Aside> asides) {
        if (!asides.isEmpty()) {
            out.println();
        }
        asides.forEach(aside -> out.println("  not the model's: " + ShortName.of(aside.name(), verbose) + " ("
                + Counts.of(aside.tensors(), "tensor") + ", " + Counts.of(aside.bytes(), "byte") + ")"));
    }

    private void printTies(List<String> ties) {
        if (ties.isEmpty()) {
            return;
        }
        out.println();
        ShortList.of(ties, SHORT_LIST, verbose).print(out, "  ", names -> "tied: " + Printable.of(names));
    }
}
