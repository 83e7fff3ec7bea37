package io.graft.report;

import io.graft.ModifierRecord;
import io.graft.Output;
import io.graft.Plan;
import io.graft.Skipped;
import io.graft.Totals;
import io.graft.model.Change;
import io.graft.problem.Counts;
import io.graft.problem.Printable;
import io.graft.tensor.CastTensor;
import io.graft.tensor.Provenance;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * A plan or a report for people: what each modifier does, then the totals. Marks: {@code +} new values, {@code -} left out,
 * {@code ~} changed, {@code ?} keeps its initial values, {@code !} worth knowing.
 */
public final class PlanText {
    private static final int SHORT_LIST = 6;

    private final Path workingFolder = Path.of("").toAbsolutePath();
    private final PrintWriter out;
    private final boolean verbose;

    /**
     * @param verbose whether to list every name
     */
    public PlanText(PrintWriter out, boolean verbose) {
        this.out = out;
        this.verbose = verbose;
    }

    public void print(String headline, Plan plan, List<Output> outputs) {
        out.println(headline + " " + plan.model().kind() + " "
                + Printable.of(plan.model().uri()));
        plan.modifiers().forEach(modifier -> print(modifier, plan.isCommittable()));
        out.println();
        printTotals(Totals.of(plan.tensors()));
        for (Output output : outputs) {
            out.println("wrote " + Printable.of(fromHere(output.path()).toString()) + "  "
                    + Counts.of(output.bytes(), "byte")
                    + (output.sha256().isEmpty() ? "" : "  sha256 " + output.sha256()));
        }
    }

    /** As a person would type it. */
    private Path fromHere(Path file) {
        return file.startsWith(workingFolder) ? workingFolder.relativize(file) : file;
    }

    private void print(ModifierRecord modifier, boolean committable) {
        out.println();
        out.println((modifier.index() + 1) + ". " + modifier.type() + "  (" + Printable.of(modifier.origin()) + ")");
        Map<String, List<String>> groups = new LinkedHashMap<>();
        for (Change change : modifier.changes()) {
            Line line = describe(change);
            groups.computeIfAbsent(line.group(), group -> new ArrayList<>()).add(line.item());
        }
        groups.forEach(this::printGroup);
        printGroup(
                "- not loaded",
                modifier.skipped().stream().map(PlanText::describe).toList());
        printGroup(modifier.missing().size() == 1 ? "? keeps its value" : "? keep their values", modifier.missing());
        modifier.warnings().forEach(warning -> out.println("   ! " + Printable.of(warning)));
        // The one that failed is left to the errors.
        if (groups.isEmpty() && committable) {
            out.println("   nothing changes");
        }
    }

    /** One change: the heading that it is listed under, and its own words. */
    private record Line(String group, String item) {}

    private static Line describe(Change change) {
        if (change instanceof Change.Assigned assigned) {
            return assigned(assigned);
        } else if (change instanceof Change.Frozen frozen) {
            return new Line("~ frozen", frozen.name());
        } else if (change instanceof Change.Unfrozen unfrozen) {
            return new Line("~ unfrozen", unfrozen.name());
        } else if (change instanceof Change.Renamed renamed) {
            return new Line("~ renamed", renamed.from() + " -> " + renamed.to());
        } else if (change instanceof Change.Added added) {
            return new Line("+ added", added.name());
        } else if (change instanceof Change.Removed removed) {
            return new Line("- removed", removed.name());
        } else if (change instanceof Change.Cast cast) {
            return new Line("~ cast " + cast.from() + " to " + cast.to(), cast.name() + error(cast.value()));
        } else if (change instanceof Change.Parametrized parametrized) {
            return new Line("~ parametrized (" + parametrized.parametrization() + ")", parametrized.name());
        } else if (change instanceof Change.Folded folded) {
            return new Line("~ merged (" + folded.parametrization() + ")", folded.name());
        }
        throw new IllegalStateException("unknown change " + change);
    }

    private static Line assigned(Change.Assigned assigned) {
        Provenance provenance = assigned.provenance();
        while (provenance instanceof Provenance.Computed computed) {
            provenance = computed.from();
        }
        if (provenance instanceof Provenance.Stored stored) {
            String item =
                    stored.key().equals(assigned.name()) ? assigned.name() : assigned.name() + " <- " + stored.key();
            return new Line("+ loaded from " + stored.uri(), item);
        }
        return new Line("+ assigned", assigned.name());
    }

    private static String error(CastTensor cast) {
        OptionalDouble error = cast.maxRelativeError();
        return error.isPresent()
                ? String.format(Locale.ROOT, " (largest relative error %.2e)", error.getAsDouble())
                : "";
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

    /** The second line is PEFT's, to the letter: people search their logs for it. */
    private void printTotals(Totals totals) {
        out.println(Counts.of(totals.tensors(), "tensor") + ", " + Counts.of(totals.bytes(), "byte"));
        out.println(String.format(
                Locale.ROOT,
                "trainable params: %,d || all params: %,d || trainable%%: %.4f",
                totals.trainable(),
                totals.parameters(),
                totals.parameters() == 0 ? 0.0 : 100.0 * totals.trainable() / totals.parameters()));
    }
}
