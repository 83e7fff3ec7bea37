package io.graft.processor;

import io.graft.processor.check.MistakeCode;
import io.graft.processor.check.Report;
import io.graft.processor.check.Rule;
import io.graft.processor.discover.ModifierReader;
import io.graft.processor.emit.Emitter;
import io.graft.processor.emit.ReportPrinter;
import io.graft.processor.model.BinderFile;
import io.graft.processor.model.ModifierModel;
import io.graft.processor.model.OptionsModel;
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

/** Takes one modifier through the phases; what is wrong with one keeps no other from being compiled. */
final class ModifierPipeline {
    private final ModifierReader reader;
    private final List<Rule<ModifierModel>> modifierRules;
    private final List<Rule<OptionsModel>> optionsRules;
    private final Emitter emitter;
    private final ReportPrinter printer;
    private final ProcessorOptions options;

    /** Whether a file was generated, by its root; one that two modifiers share is done once. */
    private final Map<TypeRef, Boolean> binders = new HashMap<>();

    ModifierPipeline(
            ModifierReader reader,
            List<Rule<ModifierModel>> modifierRules,
            List<Rule<OptionsModel>> optionsRules,
            Emitter emitter,
            ReportPrinter printer,
            ProcessorOptions options) {
        this.reader = reader;
        this.modifierRules = modifierRules;
        this.optionsRules = optionsRules;
        this.emitter = emitter;
        this.printer = printer;
        this.options = options;
    }

    /**
     * Generates what a modifier needs, or prints why not.
     *
     * @param lastRound whether no further class will be generated
     * @return false if it names a type that may still be generated, so that a later round has to try again
     */
    boolean run(TypeElement type, boolean lastRound) {
        try {
            ModifierModel modifier = reader.read(type);
            if (!modifier.isResolved() && !lastRound) {
                return false;
            }
            generate(modifier);
        } catch (RuntimeException failure) {
            printer.print(internal(type, failure));
        }
        return true;
    }

    private void generate(ModifierModel modifier) {
        Report report = Report.of(modifierRules, modifier);
        printer.print(report);
        boolean complete = report.allowsGeneration();
        for (BinderFile file : BinderFile.of(modifier)) {
            boolean mayGenerate = file.choices().isEmpty() || report.allowsGeneration();
            complete &= mayGenerate && binders.computeIfAbsent(file.root(), first -> generateBinders(file));
        }
        if (complete) {
            printer.print(emitter.emit(ProviderRenderer.render(modifier)));
            ResourcesRenderer.render(modifier).forEach(emitter::emit);
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
