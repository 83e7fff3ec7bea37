package io.graft.processor.emit;

import io.graft.processor.check.Mistake;
import io.graft.processor.check.MistakeCode;
import io.graft.processor.check.Report;
import io.graft.processor.model.SourceRef;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.annotation.processing.Messager;
import javax.lang.model.element.AnnotationValue;
import javax.tools.Diagnostic;

/** Prints reports, each mistake once, on the smallest place that shows it. */
public final class ReportPrinter {
    private final Messager messager;
    private final Set<MistakeCode> asErrors;
    private final Set<Mistake> printed = new HashSet<>();

    /**
     * @param asErrors warnings that stop the compilation
     */
    public ReportPrinter(Messager messager, Set<MistakeCode> asErrors) {
        this.messager = messager;
        this.asErrors = Set.copyOf(asErrors);
    }

    /** Prints what was not printed before. */
    public void print(Report report) {
        report.mistakes().stream().filter(printed::add).forEach(this::print);
    }

    private void print(Mistake mistake) {
        SourceRef at = mistake.at();
        Optional<? extends AnnotationValue> value = at.value();
        Diagnostic.Kind kind = kind(mistake.code());
        messager.printMessage(
                kind, mistake.text(), at.element(), at.annotation().orElse(null), value.orElse(null));
    }

    private Diagnostic.Kind kind(MistakeCode code) {
        return code.isWarning() && !asErrors.contains(code) ? Diagnostic.Kind.WARNING : Diagnostic.Kind.ERROR;
    }
}
