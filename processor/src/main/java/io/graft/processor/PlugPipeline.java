package io.graft.processor;

import io.graft.processor.check.MistakeCode;
import io.graft.processor.check.Report;
import io.graft.processor.check.Rule;
import io.graft.processor.discover.PlugReader;
import io.graft.processor.emit.Emitter;
import io.graft.processor.emit.ReportPrinter;
import io.graft.processor.model.BinderFile;
import io.graft.processor.model.OptionsModel;
import io.graft.processor.model.PlugModel;
import io.graft.processor.model.SourceRef;
import io.graft.processor.model.TypeRef;
import io.graft.processor.render.BinderFileRenderer;
import io.graft.processor.render.GeneratedClass;
import io.graft.processor.render.ProviderRenderer;
import io.graft.processor.render.ResourcesRenderer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.lang.model.element.TypeElement;

/** Takes one plug through the phases; what is wrong with one keeps no other from being compiled. */
final class PlugPipeline {
    private final PlugReader reader;
    private final List<Rule<PlugModel>> plugRules;
    private final List<Rule<OptionsModel>> optionsRules;
    private final Emitter emitter;
    private final ReportPrinter printer;
    private final ProcessorOptions options;

    /** Whether a file was generated, by its root; one that two plugs share is done once. */
    private final Map<TypeRef, Boolean> binders = new HashMap<>();

    PlugPipeline(
            PlugReader reader,
            List<Rule<PlugModel>> plugRules,
            List<Rule<OptionsModel>> optionsRules,
            Emitter emitter,
            ReportPrinter printer,
            ProcessorOptions options) {
        this.reader = reader;
        this.plugRules = plugRules;
        this.optionsRules = optionsRules;
        this.emitter = emitter;
        this.printer = printer;
        this.options = options;
    }

    /**
     * Generates what a plug needs, or prints why not.
     *
     * @param lastRound whether no further class will be generated
     * @return false if it names a type that may still be generated, so that a later round has to try again
     */
    boolean run(TypeElement type, boolean lastRound) {
        try {
            PlugModel plug = reader.read(type);
            if (!plug.isResolved() && !lastRound) {
                return false;
            }
            generate(plug);
        } catch (RuntimeException failure) {
            printer.print(internal(type, failure));
        }
        return true;
    }

    private void generate(PlugModel plug) {
        Report report = Report.of(plugRules, plug);
        printer.print(report);
        boolean complete = report.allowsGeneration();
        for (BinderFile file : BinderFile.of(plug)) {
            boolean mayGenerate = file.choices().isEmpty() || report.allowsGeneration();
            complete &= mayGenerate && binders.computeIfAbsent(file.root(), first -> generateBinders(file));
        }
        if (complete) {
            printer.print(emitter.emit(ProviderRenderer.render(plug)));
            ResourcesRenderer.render(plug).forEach(emitter::emit);
        }
    }

    private boolean generateBinders(BinderFile file) {
        Report report = Report.all(file.records().stream().map(record -> Report.of(optionsRules, record)));
        printer.print(report);
        return report.allowsGeneration() && emit(BinderFileRenderer.render(file));
    }

    private boolean emit(GeneratedClass source) {
        Report emission = emitter.emit(source);
        printer.print(emission);
        return emission.allowsGeneration();
    }

    private Report internal(TypeElement type, RuntimeException failure) {
        String version = ProcessorOptions.version().isEmpty() ? "" : " " + ProcessorOptions.version();
        String message = ("internal error in graft-processor%s while reading `%s`; this class was "
                        + "skipped, please report (stack with -Agraft.debug).")
                .formatted(version, type.getSimpleName());
        return Report.of(
                MistakeCode.INTERNAL, SourceRef.of(type), options.debug() ? message + "\n" + stack(failure) : message);
    }

    private static String stack(RuntimeException failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }
}
