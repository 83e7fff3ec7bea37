package io.graft.apply.output;

import io.graft.config.Default;
import io.graft.config.Matches;

/**
 * How a GGUF file is written.
 *
 * @param architecture what {@code general.architecture} of the file says. Readers go by it, so give the name of one only if names and
 *     values of the tensors are as its readers want them
 */
public record GgufStateDictOptions(
        @Default(GgufStateDictOptions.TENSORS) @Matches("[a-z0-9][a-z0-9_-]*")
        String architecture) {
    static final String TENSORS = "tensors";
}
