package io.graft.registry;

import io.graft.Modifier;
import java.util.Optional;

/** The id that stands on a modifier's class, for one of which no provider tells it. */
final class DeclaredId {
    private DeclaredId() {}

    /** The id, blank if it cannot be read; empty if the class is no modifier. The class is loaded, and not initialized. */
    static Optional<String> of(String className, ClassLoader loader) {
        try {
            return Optional.ofNullable(Class.forName(className, false, loader).getAnnotation(Modifier.class))
                    .map(Modifier::value);
        } catch (ClassNotFoundException | LinkageError | RuntimeException notLoadable) {
            return Optional.of("");
        }
    }
}
