package io.graft.processor;

import io.graft.processor.check.MistakeCode;
import java.util.Map;
import java.util.Set;

/**
 * The {@code -Agraft.*} options.
 *
 * @param asErrors warnings that stop the compilation
 * @param debug whether internal errors come with a stack trace
 */
record ProcessorOptions(Set<MistakeCode> asErrors, boolean debug) {
    /** {@code error} makes a missing description an error. */
    static final String DOCS = "graft.docs";

    /** Prints the stack trace of internal errors. */
    static final String DEBUG = "graft.debug";

    static final Set<String> NAMES = Set.of(DOCS, DEBUG);

    ProcessorOptions {
        asErrors = Set.copyOf(asErrors);
    }

    static ProcessorOptions of(Map<String, String> options) {
        return new ProcessorOptions(
                "error".equals(options.get(DOCS)) ? Set.of(MistakeCode.MISSING_DOC) : Set.of(),
                options.containsKey(DEBUG) && !"false".equals(options.get(DEBUG)));
    }
}
