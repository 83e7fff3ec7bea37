package io.graft.registry;

import java.util.Optional;

/** The id that stands on a class, for one of which no provider tells it. */
final class DeclaredId {
    private DeclaredId() {}

    /** The id, blank if it cannot be read; empty if the class is not of this kind. The class is loaded, and not initialized. */
    static Optional<String> of(PlugKind<?> kind, String className, ClassLoader loader) {
        try {
            return kind.declaredId(Class.forName(className, false, loader));
        } catch (ClassNotFoundException | LinkageError | RuntimeException notLoadable) {
            return Optional.of("");
        }
    }
}
