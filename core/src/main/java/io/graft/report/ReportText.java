package io.graft.report;

import io.graft.Plan;
import io.graft.Report;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.function.Consumer;

/**
 * Plans and reports for people: what each modifier does, the totals, the files. For programs there is {@link ReportJson}.
 *
 * <p>Marks: {@code +} new values, {@code -} left out, {@code ~} changed, {@code ?} keeps its initial values, {@code !} worth knowing.
 */
public final class ReportText {
    private final boolean full;

    private ReportText(boolean full) {
        this.full = full;
    }

    /** Of long lists of names, the first few. */
    public static ReportText brief() {
        return new ReportText(false);
    }

    /** With every name. */
    public static ReportText full() {
        return new ReportText(true);
    }

    /** What would be done. */
    public String of(Plan plan) {
        return printed(text -> text.print(plan));
    }

    /** What was done. */
    public String of(Report report) {
        return printed(text -> text.print(report));
    }

    private String printed(Consumer<PlanText> printing) {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        printing.accept(new PlanText(out, full));
        out.flush();
        return text.toString();
    }
}
