package io.graft.processor.check;

import io.graft.processor.model.SourceRef;
import java.util.List;
import java.util.stream.Stream;

/** What rules found, as a value; printed once, at the edge. */
public record Report(List<Mistake> mistakes) {
    private static final Report CLEAN = new Report(List.of());

    public Report {
        mistakes = List.copyOf(mistakes);
    }

    /** Nothing found. */
    public static Report clean() {
        return CLEAN;
    }

    /** One mistake. */
    public static Report of(MistakeCode code, SourceRef at, String message) {
        return new Report(List.of(new Mistake(code, message, at)));
    }

    /** One mistake if the condition holds. */
    public static Report when(boolean wrong, MistakeCode code, SourceRef at, String message) {
        return wrong ? of(code, at, message) : CLEAN;
    }

    /** What all the rules find in a model, in the order of the rules. */
    public static <M> Report of(List<Rule<M>> rules, M model) {
        return all(rules.stream().map(rule -> rule.check(model)));
    }

    /** The mistakes of all the reports, in their order. */
    public static Report all(Stream<Report> reports) {
        return new Report(reports.flatMap(report -> report.mistakes().stream()).toList());
    }

    /** Whether code may be generated: there is no mistake, or warnings only. */
    public boolean allowsGeneration() {
        return mistakes.stream().allMatch(mistake -> mistake.code().isWarning());
    }
}
