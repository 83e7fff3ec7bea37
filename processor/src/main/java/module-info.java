import io.graft.processor.MissingMarkProcessor;
import io.graft.processor.PlugAggregatingProcessor;
import io.graft.processor.PlugBindingProcessor;
import javax.annotation.processing.Processor;

/** The annotation processors, for {@code --processor-module-path}; on a processor path they are no module. */
module io.graft.processor {
    requires java.compiler;

    // Parts of the jar, under names of their own.
    requires static io.graft.core;
    requires static com.palantir.javapoet;
    // Where the compiler is javac, it tells lines.
    requires static jdk.compiler;
    requires static com.google.auto.service;
    requires static org.jspecify;

    // In this order: the last one claims the annotation.
    provides Processor with
            MissingMarkProcessor,
            PlugAggregatingProcessor,
            PlugBindingProcessor;
}
