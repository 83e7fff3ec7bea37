package io.graft.processor.model;

import java.util.List;
import java.util.Optional;

/**
 * A constructor of a plug.
 *
 * @param isMarked whether it carries {@code @OptionsConstructor}
 * @param parameterTypes simple names, for messages
 * @param options the type of the only parameter, if it is meant to hold options
 * @param at the only parameter; the constructor itself if it has none or several
 */
public record ConstructorModel(
        boolean isPublic, boolean isMarked, List<String> parameterTypes, Optional<Declaration> options, SourceRef at) {
    public ConstructorModel {
        parameterTypes = List.copyOf(parameterTypes);
    }

    /** Whether a provider can call it. */
    public boolean isUsable() {
        return isPublic && (parameterTypes.isEmpty() || options.isPresent());
    }
}
