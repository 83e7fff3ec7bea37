import io.graft.processor.PlugAggregatingProcessor;
import io.graft.processor.PlugBindingProcessor;
import javax.annotation.processing.Processor;

/** The annotation processors, for {@code --processor-module-path}; on a processor path they are no module. */
module io.graft.processor {
    requires io.graft.core;
    requires java.compiler;

    // Part of the jar, under a name of its own.
    requires static com.palantir.javapoet;
    // Where the compiler is javac, it tells lines.
    requires static jdk.compiler;
    requires static com.google.auto.service;
    requires static org.jspecify;

    // In this order: the second one claims the annotation.
    provides Processor with
            PlugAggregatingProcessor,
            PlugBindingProcessor;
}
