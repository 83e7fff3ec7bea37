package io.graft.report;

import io.graft.Artifact;
import io.graft.CastErrors;
import io.graft.ModifierRecord;
import io.graft.OutputPlan;
import io.graft.Plan;
import io.graft.Report;
import io.graft.Skipped;
import io.graft.Totals;
import io.graft.checkpoint.write.WrittenFile;
import io.graft.migration.Migrated;
import io.graft.migration.MigrationRecord;
import io.graft.model.Change;
import io.graft.model.Ties;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.problem.ShortList;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints what {@link ReportText} gives. */
final class PlanText {
    private static final int SHORT_LIST = 6;

    private final PrintWriter out;
    private final boolean verbose;

    /**
     * @param verbose whether to list every name
     */
    PlanText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    /** What would be done. */
    void print(Plan plan) {
        print("plan for", plan, new ChangeLines(CastErrors.NONE, new StoredWeights(plan.tensors())));
        plan.output().map(OutputPlan::artifacts).orElse(List.of()).stream()
                .filter(artifact -> plan.isCommittable())
                .forEach(artifact -> out.println("writes " + Printable.of(artifact.name()) + "  " + words(artifact)));
        printCorrections("corrects", plan);
        printFiles("replaces", plan.replacement().replaced());
        printFiles("removes", plan.replacement().removed());
    }

    /** What was done. */
    void print(Report report) {
        print(
                "applied to",
                report.plan(),
                new ChangeLines(
                        report.castErrors(), new StoredWeights(report.plan().tensors())));
        for (WrittenFile output : report.outputs()) {
            out.println("wrote " + Printable.of(output.path()) + "  "
                    + Counts.of(output.bytes(), "byte")
                    + (output.sha256().isEmpty() ? "" : "  sha256 " + output.sha256()));
        }
        printCorrections("corrected", report.plan());
        printFiles("replaced", report.replacement().replaced());
        printFiles("removed", report.replacement().removed());
        if (!report.undo()) {
            out.println("without undo: the old values of the model were not kept");
        }
    }

    private static String words(Artifact artifact) {
        return artifact.kind() == WrittenFile.Kind.CARRIED
                ? "from beside the model"
                : "(" + artifact.kind().id() + ")";
    }

    private void printCorrections(String verb, Plan plan) {
        plan.output()
                .map(OutputPlan::corrections)
                .orElse(List.of())
                .forEach(correction -> out.println(verb + " " + correction.words()));
    }

    private void printFiles(String verb, List<Path> files) {
        files.forEach(file -> out.println(verb + " " + Printable.of(file)));
    }

    private void print(String headline, Plan plan, ChangeLines lines) {
        out.println(headline + " " + plan.model().kind() + " "
                + Printable.of(plan.model().uri()));
        plan.migrations().forEach(this::print);
        plan.modifiers().forEach(modifier -> print(modifier, plan.isCommittable(), lines));
        out.println();
        printGroup("! computed in more than one pass", ExtraPasses.of(plan.stored()));
        printTotals(Totals.of(plan.tensors()));
        printTies(Ties.of(plan.tensors()).groups());
    }

    private void print(Migrated checkpoint) {
        if (checkpoint.records().isEmpty()) {
            return;
        }
        out.println();
        out.println("migrations of " + Printable.of(checkpoint.uri()));
        for (MigrationRecord record : checkpoint.records()) {
            out.println("   " + Printable.of(record.id()) + ": " + MigrationJson.outcome(record)
                    + (record.detail().isEmpty() ? "" : ", " + Printable.of(record.detail())));
            printGroup(
                    "~ renamed",
                    record.renamed().entrySet().stream()
                            .map(renamed -> renamed.getKey() + " -> " + renamed.getValue())
                            .toList());
            printGroup("~ made anew", record.made());
            printGroup("- removed", record.removed());
            printGroup("~ metadata", record.metadata());
        }
    }

    private void print(ModifierRecord modifier, boolean committable, ChangeLines lines) {
        out.println();
        out.println((modifier.index() + 1) + ". " + modifier.type() + "  (" + Printable.of(modifier.origin()) + ")");
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (Change change : modifier.changes()) {
            ChangeLine line = change.on(lines);
            groups.computeIfAbsent(line.group(), group -> new ArrayList<>()).add(line.item());
        }
        groups.forEach(this::printGroup);
        printGroup(
                "- not loaded",
                modifier.skipped().stream().map(PlanText::describe).toList());
        printGroup(modifier.missing().size() == 1 ? "? keeps its value" : "? keep their values", modifier.missing());
        modifier.warnings().forEach(warning -> out.println("   ! " + Printable.of(warning)));
        // The one that failed is left to the errors.
        if (modifier.leftOut()) {
            out.println("   left out: it failed, and is optional");
        } else if (groups.isEmpty() && committable) {
            out.println("   nothing changes");
        }
    }

    private static String describe(Skipped skipped) {
        String detail = skipped.detail().isEmpty() ? "" : " (" + skipped.detail() + ")";
        return skipped.key() + ": " + skipped.reason().id() + detail;
    }

    private void printGroup(String heading, List<String> items) {
        if (items.isEmpty()) {
            return;
        }
        out.println("   " + heading.substring(0, 1) + " " + items.size() + heading.substring(1));
        ShortList.of(items, SHORT_LIST, verbose).print(out, "       ", Printable::of);
    }

    private void printTies(List<List<String>> ties) {
        ShortList.of(ties, SHORT_LIST, verbose)
                .print(out, "", names -> "tied, counted once: " + Printable.of(String.join(" = ", names)));
    }

    /** What is scheduled counts as in the first step. */
    private void printTotals(Totals totals) {
        out.println(Counts.of(totals.tensors(), "tensor") + ", " + Counts.of(totals.bytes(), "byte"));
        out.println(TrainableLine.of(totals));
        if (totals.scheduled() > 0) {
            out.println(String.format(Locale.ROOT, "trained for a time: %,d params", totals.scheduled()));
        }
    }
}
