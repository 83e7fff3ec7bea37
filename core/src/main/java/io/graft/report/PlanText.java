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
import io.graft.model.parametrization.Loss;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.tensor.Provenance;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** Prints what {@link ReportText} gives. */
final class PlanText {
    private static final int SHORT_LIST = 6;

    private final Path workingFolder = Path.of("").toAbsolutePath();
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
        print("plan for", plan, new Lines(CastErrors.NONE, new StoredWeights(plan.tensors())));
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
                new Lines(report.castErrors(), new StoredWeights(report.plan().tensors())));
        for (WrittenFile output : report.outputs()) {
            out.println("wrote " + Printable.of(fromHere(output.path()).toString()) + "  "
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
        files.forEach(
                file -> out.println(verb + " " + Printable.of(fromHere(file).toString())));
    }

    private void print(String headline, Plan plan, Lines lines) {
        out.println(headline + " " + plan.model().kind() + " "
                + Printable.of(plan.model().uri()));
        plan.migrations().forEach(this::print);
        plan.modifiers().forEach(modifier -> print(modifier, plan.isCommittable(), lines));
        out.println();
        printGroup("! computed in more than one pass", ExtraPasses.of(plan.stored()));
        printTotals(Totals.of(plan.tensors()));
        printTies(Ties.of(plan.tensors()).groups());
    }

    /** As a person would type it. */
    private Path fromHere(Path file) {
        return file.startsWith(workingFolder) ? workingFolder.relativize(file) : file;
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

    private void print(ModifierRecord modifier, boolean committable, Lines lines) {
        out.println();
        out.println((modifier.index() + 1) + ". " + modifier.type() + "  (" + Printable.of(modifier.origin()) + ")");
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (Change change : modifier.changes()) {
            Line line = change.on(lines);
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

    /** One change: the heading that it is listed under, and its own words. */
    private record Line(String group, String item) {}

    private record Lines(CastErrors castErrors, StoredWeights stored) implements Change.Cases<Line> {
        @Override
        public Line assigned(Change.Assigned change) {
            List<Provenance.Stored> stored = change.provenance().origins().stream()
                    .flatMap(origin -> origin instanceof Provenance.Stored one ? Stream.of(one) : Stream.empty())
                    .toList();
            if (stored.size() != 1) {
                return new Line("+ assigned", change.name());
            }
            String key = stored.get(0).key();
            return new Line(
                    "+ loaded from " + stored.get(0).uri(),
                    key.equals(change.name()) ? key : change.name() + " <- " + key);
        }

        @Override
        public Line frozen(Change.Frozen change) {
            return new Line("~ frozen", change.name());
        }

        @Override
        public Line unfrozen(Change.Unfrozen change) {
            return new Line("~ unfrozen", change.name());
        }

        @Override
        public Line scheduled(Change.Scheduled change) {
            return new Line("~ " + change.when(), change.name());
        }

        @Override
        public Line renamed(Change.Renamed change) {
            return new Line("~ renamed", change.name() + " -> " + change.to());
        }

        @Override
        public Line added(Change.Added change) {
            return new Line("+ added", change.name());
        }

        @Override
        public Line resized(Change.Resized change) {
            return new Line("~ resized from " + change.from() + " to " + change.to(), change.name());
        }

        @Override
        public Line removed(Change.Removed change) {
            return new Line("- removed", change.name());
        }

        @Override
        public Line parted(Change.Parted change) {
            return new Line("~ no longer tied", change.name() + " from " + String.join(", ", change.from()));
        }

        @Override
        public Line cast(Change.Cast change) {
            OptionalDouble error = castErrors.of(change);
            return new Line(
                    "~ cast " + change.from() + " to " + change.to(),
                    change.name()
                            + (error.isPresent()
                                    ? String.format(Locale.ROOT, " (largest relative error %.2e)", error.getAsDouble())
                                    : ""));
        }

        @Override
        public Line parametrized(Change.Parametrized change) {
            return change.adapter().isEmpty()
                    ? new Line("~ stored as " + change.description(), change.name() + kept(change))
                    : new Line(
                            "~ adapted (" + change.parametrization() + " `" + change.adapter() + "`)",
                            change.name()
                                    + (change.description().equals(change.parametrization())
                                            ? ""
                                            : ": " + change.description()));
        }

        /** How large it becomes, and what is lost; nothing where nobody knows. */
        private String kept(Change.Parametrized change) {
            return stored.of(change)
                    .flatMap(entry -> entry.loss()
                            .map(loss -> ": " + Counts.of(entry.before(), "byte") + " -> "
                                    + Counts.of(entry.after(), "byte") + ", " + inWords(loss)))
                    .orElse("");
        }

        /** What was added, and what is lost; nothing before that is known. */
        private String again(Change.Requantized change) {
            return stored.of(change)
                    .flatMap(entry -> entry.update()
                            .map(update -> String.format(
                                    Locale.ROOT,
                                    ": update %.3g, step %.3g (root mean squares), %s",
                                    update.size(),
                                    update.step(),
                                    inWords(entry.loss().orElseThrow()))))
                    .orElse("");
        }

        private static String inWords(Loss loss) {
            return loss.measured().isPresent()
                    ? "error " + inWords(loss.measured().getAsDouble())
                    : "expected error " + inWords(loss.expected()) + " if normally distributed";
        }

        private static String inWords(double error) {
            return error == 0 ? "0" : String.format(Locale.ROOT, "%.3g (%.1f dB)", error, Loss.decibels(error));
        }

        @Override
        public Line unparametrized(Change.Unparametrized change) {
            return new Line(
                    "~ no longer adapted (" + change.parametrization() + " `" + change.adapter() + "`)", change.name());
        }

        @Override
        public Line activated(Change.Activated change) {
            return new Line("~ adapter `" + change.adapter() + "` with the weight " + change.weight(), change.name());
        }

        @Override
        public Line folded(Change.Folded change) {
            return new Line("~ merged (" + change.parametrization() + ")", change.name());
        }

        @Override
        public Line requantized(Change.Requantized change) {
            return new Line(
                    "~ merged (" + change.parametrization() + "), and stored as " + change.storage() + " again",
                    change.name() + again(change));
        }

        @Override
        public Line moduleReplaced(Change.ModuleReplaced change) {
            return new Line(
                    "~ replaced by " + change.source().description(),
                    change.name() + (change.type().isEmpty() ? "" : " (" + change.type() + ")"));
        }

        @Override
        public Line moduleAdded(Change.ModuleAdded change) {
            return new Line("+ added as " + change.source().description(), change.name());
        }

        @Override
        public Line moduleRemoved(Change.ModuleRemoved change) {
            return new Line(
                    "- removed as a module",
                    change.name() + (change.type().isEmpty() ? "" : " (" + change.type() + ")"));
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
        int shown = verbose || items.size() <= SHORT_LIST + 1 ? items.size() : SHORT_LIST;
        items.subList(0, shown).forEach(item -> out.println("       " + Printable.of(item)));
        if (shown < items.size()) {
            out.println("       and " + (items.size() - shown) + " more; -v lists all");
        }
    }

    private void printTies(List<List<String>> ties) {
        int shown = verbose || ties.size() <= SHORT_LIST + 1 ? ties.size() : SHORT_LIST;
        ties.subList(0, shown)
                .forEach(names -> out.println("tied, counted once: " + Printable.of(String.join(" = ", names))));
        if (shown < ties.size()) {
            out.println("and " + (ties.size() - shown) + " more ties; -v lists all");
        }
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
