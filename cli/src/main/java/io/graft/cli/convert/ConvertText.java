package io.graft.cli.convert;

import io.graft.checkpoint.Checkpoint;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.cli.option.GivenCheckpoint;
import io.graft.cli.output.ShortName;
import io.graft.cli.output.TextTable;
import io.graft.convert.ConversionReport;
import io.graft.convert.ConvertedTensor;
import io.graft.problem.Counts;
import io.graft.problem.FirstFew;
import io.graft.problem.Printable;
import io.graft.problem.ShortList;
import io.graft.tensor.Provenance;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a conversion did, for people. */
final class ConvertText {
    private static final int SHORT_LIST = 10;
    private static final int MOST_SOURCES = 4;

    private final PrintWriter out;
    private final boolean verbose;

    ConvertText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    /**
     * @param cast whether a dtype was asked for, so that tensors that kept theirs are told
     */
    void print(GivenCheckpoint given, ConversionReport report, boolean cast) {
        Checkpoint input = given.checkpoint();
        out.println("converted " + Printable.of(given.shown()) + " (" + input.format() + ", " + input.content()
                + ") to " + report.format());
        report.notes().forEach(note -> out.println("~ " + Printable.of(note)));
        printRenamed(report.tensors());
        printMade(report.tensors());
        print(
                "- " + Counts.of(report.leftOut().size(), "tensor") + " left out",
                report.leftOut().stream().map(this::shortened).toList());
        if (cast) {
            printCast(report.tensors());
        }
        report.warnings().forEach(warning -> out.println("! " + Printable.of(warning)));
        long bytes = report.tensors().stream().mapToLong(ConvertedTensor::bytes).sum();
        out.println(Counts.of(report.tensors().size(), "tensor") + ", " + Counts.of(bytes, "byte"));
        TextTable files = new TextTable();
        for (WrittenFile file : report.files()) {
            files.row(Printable.of(file.path()), Counts.of(file.bytes(), "byte"), "sha256 " + file.sha256());
        }
        files.print(out, "  ");
        report.corrections().forEach(correction -> out.println("corrected " + correction.words()));
        report.replacement().replaced().forEach(file -> out.println("replaced " + Printable.of(file)));
        report.replacement().removed().forEach(file -> out.println("removed " + Printable.of(file)));
    }

    private void printRenamed(List<ConvertedTensor> tensors) {
        List<ConvertedTensor> renamed = tensors.stream()
                .filter(tensor -> !tensor.isMoved() && !tensor.key().equals(tensor.name()))
                .toList();
        print(
                "~ " + Counts.of(renamed.size(), "tensor") + " renamed",
                renamed.stream()
                        .map(tensor -> shortened(tensor.key()) + " -> " + shortened(tensor.name()))
                        .toList());
    }

    /** What is in another order or made of others, with where it comes from. */
    private void printMade(List<ConvertedTensor> tensors) {
        List<ConvertedTensor> made =
                tensors.stream().filter(ConvertedTensor::isMoved).toList();
        print(
                "~ " + Counts.of(made.size(), "tensor") + " made of others",
                made.stream()
                        .map(tensor -> shortened(tensor.name()) + " = " + words(tensor.source()))
                        .toList());
    }

    private String words(Provenance source) {
        if (source instanceof Provenance.Computed computed) {
            return computed.operation() + ": "
                    + FirstFew.of(computed.from().stream().map(this::words).toList(), MOST_SOURCES);
        }
        return source instanceof Provenance.Stored stored ? shortened(stored.key()) : "";
    }

    private String shortened(String name) {
        return ShortName.of(name, verbose);
    }

    private void print(String head, List<String> lines) {
        if (lines.isEmpty()) {
            return;
        }
        out.println(head);
        ShortList.of(lines, SHORT_LIST, verbose).print(out, "    ", line -> line);
    }

    private void printCast(List<ConvertedTensor> tensors) {
        Map<String, List<ConvertedTensor>> casts = tensors.stream()
                .filter(tensor -> !tensor.from().equals(tensor.to()))
                .collect(Collectors.groupingBy(
                        tensor -> tensor.from() + " to " + tensor.to(), TreeMap::new, Collectors.toList()));
        casts.forEach(
                (types, cast) -> out.println("~ " + Counts.of(cast.size(), "tensor") + " cast " + types + error(cast)));
        Map<String, Long> left = tensors.stream()
                .filter(tensor -> tensor.from().equals(tensor.to()))
                .collect(Collectors.groupingBy(ConvertedTensor::to, TreeMap::new, Collectors.counting()));
        left.forEach((dtype, count) -> out.println("= " + Counts.of(count, "tensor") + " left as " + dtype));
    }

    /** Of blocks none is known: what they lose hangs on their other elements. */
    private static String error(List<ConvertedTensor> cast) {
        OptionalDouble error = cast.stream()
                .flatMapToDouble(tensor -> tensor.maxRelativeError().stream())
                .max();
        return error.isPresent()
                ? String.format(Locale.ROOT, " (largest relative error %.2e)", error.getAsDouble())
                : "";
    }
}
