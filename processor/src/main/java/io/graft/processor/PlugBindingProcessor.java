package io.graft.processor;

import com.google.auto.service.AutoService;
import io.graft.processor.check.ApiLevelRule;
import io.graft.processor.check.OptionsRules;
import io.graft.processor.check.PlugRules;
import io.graft.processor.check.ProjectRule;
import io.graft.processor.check.Rule;
import io.graft.processor.check.UnknownOptionRule;
import io.graft.processor.discover.CoreVersion;
import io.graft.processor.discover.PlugReader;
import io.graft.processor.emit.Emitter;
import io.graft.processor.emit.ReportPrinter;
import io.graft.processor.model.CoreNames;
import io.graft.processor.model.PlugModel;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedOptions;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Generates a provider for each class that is marked as a plug, with {@code @Modifier} for one, and a binder for each options
 * record. Isolating: each generated file comes from one declaration.
 */
@AutoService(Processor.class)
@SupportedOptions({ProcessorOptions.DOCS, ProcessorOptions.DEBUG, ProcessorOptions.PROJECT})
public final class PlugBindingProcessor extends AbstractProcessor {
    /** Read with the plug that uses them, and claimed, since javac -Xlint:all warns of what nobody claims. */
    private static final Set<String> READ_WITH_THEM = Set.of(
            CoreNames.of("io.graft.OptionsConstructor"),
            CoreNames.of("io.graft.config.") + "*",
            "javax.annotation.processing.Generated");

    private final List<Rule<PlugModel>> rules;
    private final Set<String> compiledNow = new HashSet<>();
    private Set<String> deferred = new TreeSet<>();
    private PlugPipeline pipeline;
    private boolean claims;

    /** For the compiler. */
    public PlugBindingProcessor() {
        this(PlugRules.ALL);
    }

    PlugBindingProcessor(List<Rule<PlugModel>> rules) {
        this.rules = List.copyOf(rules);
    }

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Stream.concat(PlugReader.annotations().stream(), READ_WITH_THEM.stream())
                .collect(Collectors.toUnmodifiableSet());
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
        pipeline = new PlugPipeline(
                new PlugReader(environment, compiledNow),
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
        Set<TypeElement> plugs = new LinkedHashSet<>();
        for (String name : deferred) {
            // Elements of an earlier round are stale.
            plugs.add(processingEnv.getElementUtils().getTypeElement(name));
        }
        annotations.stream()
                .filter(annotation -> PlugReader.marksAPlug(annotation.getQualifiedName()))
                .map(round::getElementsAnnotatedWith)
                .map(ElementFilter::typesIn)
                .forEach(plugs::addAll);
        deferred = new TreeSet<>();
        for (TypeElement plug : plugs) {
            if (!pipeline.run(plug, round.processingOver())) {
                deferred.add(plug.getQualifiedName().toString());
            }
        }
        return claims;
    }
}
