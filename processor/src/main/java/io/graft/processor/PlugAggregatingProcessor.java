package io.graft.processor;

import com.google.auto.service.AutoService;
import io.graft.processor.check.IdRule;
import io.graft.processor.check.ProvidesRule;
import io.graft.processor.check.Report;
import io.graft.processor.discover.ModuleSurvey;
import io.graft.processor.discover.PlugReader;
import io.graft.processor.discover.PlugSurvey;
import io.graft.processor.emit.Emitter;
import io.graft.processor.emit.ReportPrinter;
import io.graft.processor.emit.ServicesFile;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.PlugName;
import io.graft.processor.model.SourceRef;
import io.graft.processor.render.NativeImageRenderer;
import io.graft.processor.render.ProviderRenderer;
import io.graft.registry.PlugKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Keeps the services files of the plugs, one for each kind, tells native-image what to keep of them, holds their module's
 * descriptor to be complete and the ids of a kind to be different.
 * Aggregating: it reads names only, since a build tool may feed it unchanged classes from class files.
 *
 * <p>It runs before {@link PlugBindingProcessor}, by the order of the names, and leaves the annotations to it.
 */
@AutoService(Processor.class)
public final class PlugAggregatingProcessor extends AbstractProcessor {
    private Map<PlugKind<?>, PlugSurvey> surveys;
    private ModuleSurvey modules;
    private boolean claims;

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return PlugReader.annotations();
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public synchronized void init(ProcessingEnvironment environment) {
        super.init(environment);
        claims = Claims.isLast(this, environment);
        surveys = new LinkedHashMap<>();
        PlugKind.ALL.forEach(kind -> surveys.put(kind, new PlugSurvey(kind, environment)));
        modules = new ModuleSurvey(environment);
    }

    @SuppressWarnings("DoNotClaimAnnotations")
    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        modules.add(ElementFilter.modulesIn(round.getRootElements()));
        for (TypeElement annotation : annotations) {
            surveys.forEach((kind, survey) -> {
                if (annotation.getQualifiedName().contentEquals(CoreNames.of(kind.annotation()))) {
                    survey.add(ElementFilter.typesIn(round.getElementsAnnotatedWith(annotation)));
                }
            });
        }
        if (round.processingOver()) {
            finish();
        }
        return claims;
    }

    private void finish() {
        surveys.forEach(this::finish);
        String project = ProcessorOptions.of(processingEnv.getOptions()).project();
        new Emitter(processingEnv.getFiler())
                .emit(NativeImageRenderer.render(
                        project,
                        surveys.values().stream()
                                .flatMap(survey -> survey.origins().stream())
                                .map(SourceRef::of)
                                .toList()));
    }

    private void finish(PlugKind<?> kind, PlugSurvey survey) {
        ServicesFile file = new ServicesFile(kind, processingEnv.getFiler());
        List<ServicesFile.Entry> earlier = file.read();
        List<ServicesFile.Entry> entries = ServicesFile.merge(
                survey.found().stream().map(PlugAggregatingProcessor::entry).toList(),
                earlier,
                entry -> survey.isAlive(entry.provider(), entry.plug()));
        if (entries.isEmpty() && earlier.isEmpty()) {
            return;
        }
        List<PlugName> known = entries.stream()
                .map(ServicesFile.Entry::plug)
                .flatMap(plug -> survey.name(plug).stream())
                .toList();
        ReportPrinter printer = new ReportPrinter(processingEnv.getMessager(), Set.of());
        printer.print(new IdRule().check(known));
        printer.print(Report.all(modules.modules(kind, survey.found(), ProviderRenderer::providerType).stream()
                .map(new ProvidesRule()::check)));
        file.write(entries, survey.origins());
    }

    private static ServicesFile.Entry entry(PlugName plug) {
        return new ServicesFile.Entry(
                ProviderRenderer.providerType(plug.type()).canonicalName(),
                plug.type().canonicalName());
    }
}
