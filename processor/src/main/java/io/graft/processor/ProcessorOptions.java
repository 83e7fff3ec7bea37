package io.graft.processor;

import io.graft.processor.check.MistakeCode;
import io.graft.processor.check.ProjectRule;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code -Agraft.*} options.
 *
 * @param asErrors warnings that stop the compilation
 * @param debug whether internal errors come with a stack trace
 * @param project the folder below {@code META-INF/native-image} for this project
 */
record ProcessorOptions(Set<MistakeCode> asErrors, boolean debug, String project) {
    /** {@code error} makes a missing description an error. */
    static final String DOCS = "graft.docs";

    /** Prints the stack trace of internal errors. */
    static final String DEBUG = "graft.debug";

    /** Names the project, as {@code com.acme/acme-lora}. */
    static final String PROJECT = "graft.project";

    static final Set<String> NAMES = Set.of(DOCS, DEBUG, PROJECT);

    ProcessorOptions {
        asErrors = Set.copyOf(asErrors);
    }

    static ProcessorOptions of(Map<String, String> options) {
        return new ProcessorOptions(
                "error".equals(options.get(DOCS)) ? Set.of(MistakeCode.MISSING_DOC) : Set.of(),
                options.containsKey(DEBUG) && !"false".equals(options.get(DEBUG)),
                ProjectRule.folder(options.getOrDefault(PROJECT, "")));
    }

    /** The processor's own version; empty if its jar tells none. */
    static String version() {
        return Optional.ofNullable(ProcessorOptions.class.getPackage().getImplementationVersion())
                .orElse("");
    }
}
