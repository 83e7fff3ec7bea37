package io.graft.processor;

import com.google.auto.service.AutoService;
import io.graft.processor.check.IdRule;
import io.graft.processor.check.ProvidesRule;
import io.graft.processor.check.Report;
import io.graft.processor.discover.ModifierReader;
import io.graft.processor.discover.ModifierSurvey;
import io.graft.processor.discover.ModuleSurvey;
import io.graft.processor.emit.Emitter;
import io.graft.processor.emit.ReportPrinter;
import io.graft.processor.emit.ServicesFile;
import io.graft.processor.model.ModifierName;
import io.graft.processor.model.SourceRef;
import io.graft.processor.render.NativeImageRenderer;
import io.graft.processor.render.ProviderRenderer;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Keeps the services file of the modifiers, tells native-image what to keep of them, holds their module's descriptor to be
 * complete and their ids to be different.
 * Aggregating: it reads names only, since a build tool may feed it unchanged classes from class files.
 *
 * <p>It runs before {@link ModifierBindingProcessor}, by the order of the names, and leaves the annotation to it.
 */
@AutoService(Processor.class)
@SupportedAnnotationTypes(ModifierReader.MODIFIER)
public final class ModifierAggregatingProcessor extends AbstractProcessor {
    private ModifierSurvey survey;
    private ModuleSurvey modules;
    private boolean claims;

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public synchronized void init(ProcessingEnvironment environment) {
        super.init(environment);
        claims = Claims.isLast(this, environment);
        survey = new ModifierSurvey(environment);
        modules = new ModuleSurvey(environment);
    }

    @SuppressWarnings("DoNotClaimAnnotations")
    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        modules.add(ElementFilter.modulesIn(round.getRootElements()));
        for (TypeElement annotation : annotations) {
            survey.add(ElementFilter.typesIn(round.getElementsAnnotatedWith(annotation)));
        }
        if (round.processingOver()) {
            finish();
        }
        return claims;
    }

    private void finish() {
        ServicesFile file = new ServicesFile(processingEnv.getFiler());
        List<ServicesFile.Entry> entries = ServicesFile.merge(
                survey.found().stream().map(ModifierAggregatingProcessor::entry).toList(),
                file.read(),
                entry -> survey.isAlive(entry.provider(), entry.modifier()));
        List<ModifierName> known = entries.stream()
                .map(ServicesFile.Entry::modifier)
                .flatMap(modifier -> survey.name(modifier).stream())
                .toList();
        ReportPrinter printer = new ReportPrinter(processingEnv.getMessager(), Set.of());
        printer.print(new IdRule().check(known));
        printer.print(Report.all(modules.modules(survey.found(), ProviderRenderer::providerType).stream()
                .map(new ProvidesRule()::check)));
        file.write(entries, survey.origins());
        String project = ProcessorOptions.of(processingEnv.getOptions()).project();
        new Emitter(processingEnv.getFiler())
                .emit(NativeImageRenderer.render(
                        project, survey.origins().stream().map(SourceRef::of).toList()));
    }

    private static ServicesFile.Entry entry(ModifierName modifier) {
        return new ServicesFile.Entry(
                ProviderRenderer.providerType(modifier.type()).canonicalName(),
                modifier.type().canonicalName());
    }
}
