package io.graft.processor;

import com.google.auto.service.AutoService;
import io.graft.processor.check.MarkRule;
import io.graft.processor.discover.UnmarkedReader;
import io.graft.processor.emit.ReportPrinter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;

/**
 * Warns of classes that are what a plug is and lack its annotation, so that no configuration can name them. It looks at every class,
 * for which it has to run before the processors that claim annotations, by the order of the names. Isolating.
 */
@AutoService(Processor.class)
@SupportedAnnotationTypes("*")
public final class MissingMarkProcessor extends AbstractProcessor {
    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        UnmarkedReader reader = new UnmarkedReader(processingEnv);
        ReportPrinter printer = new ReportPrinter(processingEnv.getMessager(), Set.of());
        Deque<TypeElement> left = new ArrayDeque<>(ElementFilter.typesIn(round.getRootElements()));
        while (!left.isEmpty()) {
            TypeElement type = left.removeFirst();
            left.addAll(ElementFilter.typesIn(type.getEnclosedElements()));
            reader.read(type).map(new MarkRule()::check).ifPresent(printer::print);
        }
        return false;
    }
}
