package io.graft.processor;

import com.google.auto.service.AutoService;
import io.graft.processor.check.ApiLevelRule;
import io.graft.processor.check.ModifierRules;
import io.graft.processor.check.OptionsRules;
import io.graft.processor.check.ProjectRule;
import io.graft.processor.check.Rule;
import io.graft.processor.check.UnknownOptionRule;
import io.graft.processor.discover.CoreVersion;
import io.graft.processor.discover.ModifierReader;
import io.graft.processor.emit.Emitter;
import io.graft.processor.emit.ReportPrinter;
import io.graft.processor.model.ModifierModel;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.annotation.processing.SupportedOptions;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Generates a provider for each {@code @Modifier} class and a binder for each options record. Isolating: each
 * generated file comes
 * from one declaration.
 */
@AutoService(Processor.class)
@SupportedAnnotationTypes({
    ModifierReader.MODIFIER,
    // Read with the modifier that uses them, and claimed, since javac -Xlint:all warns of what nobody claims.
    "io.graft.ModifierConstructor",
    "io.graft.config.*",
    "javax.annotation.processing.Generated"
})
@SupportedOptions({ProcessorOptions.DOCS, ProcessorOptions.DEBUG, ProcessorOptions.PROJECT})
public final class ModifierBindingProcessor extends AbstractProcessor {
    private final List<Rule<ModifierModel>> rules;
    private final Set<String> compiledNow = new HashSet<>();
    private Set<String> deferred = new TreeSet<>();
    private ModifierPipeline pipeline;
    private boolean claims;

    /** For the compiler. */
    public ModifierBindingProcessor() {
        this(ModifierRules.ALL);
    }

    ModifierBindingProcessor(List<Rule<ModifierModel>> rules) {
        this.rules = List.copyOf(rules);
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public synchronized void init(ProcessingEnvironment environment) {
        super.init(environment);
        claims = Claims.isLast(this, environment);
        ProcessorOptions options = ProcessorOptions.of(environment.getOptions());
        ReportPrinter printer = new ReportPrinter(environment.getMessager(), options.asErrors());
        printer.print(new UnknownOptionRule(ProcessorOptions.NAMES)
                .check(environment.getOptions().keySet()));
        printer.print(new ApiLevelRule(ProcessorOptions.version())
                .check(CoreVersion.apiLevel(environment.getElementUtils())));
        printer.print(new ProjectRule().check(environment.getOptions().getOrDefault(ProcessorOptions.PROJECT, "")));
        pipeline = new ModifierPipeline(
                new ModifierReader(environment, compiledNow),
                rules,
                OptionsRules.ALL,
                new Emitter(environment.getFiler()),
                printer,
                options);
    }

    @SuppressWarnings("DoNotClaimAnnotations")
    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        ElementFilter.typesIn(round.getRootElements())
                .forEach(type -> compiledNow.add(type.getQualifiedName().toString()));
        Set<TypeElement> modifiers = new LinkedHashSet<>();
        for (String name : deferred) {
            // Elements of an earlier round are stale.
            modifiers.add(processingEnv.getElementUtils().getTypeElement(name));
        }
        annotations.stream()
                .filter(annotation -> annotation.getQualifiedName().contentEquals(ModifierReader.MODIFIER))
                .map(round::getElementsAnnotatedWith)
                .map(ElementFilter::typesIn)
                .forEach(modifiers::addAll);
        deferred = new TreeSet<>();
        for (TypeElement modifier : modifiers) {
            if (!pipeline.run(modifier, round.processingOver())) {
                deferred.add(modifier.getQualifiedName().toString());
            }
        }
        return claims;
    }
}
