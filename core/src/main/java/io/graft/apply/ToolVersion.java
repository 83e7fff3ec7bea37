package io.graft.apply;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** Graft's own version. */
final class ToolVersion {
    private ToolVersion() {}

    /**
     * What the build wrote into the jar's manifest, or on the module path into the descriptor; {@code development} if the classes
     * do not come from a jar.
     */
    static String get() {
        return Optional.ofNullable(ToolVersion.class.getPackage().getImplementationVersion())
                .or(() -> Optional.ofNullable(ToolVersion.class.getModule().getDescriptor())
                        .flatMap(ModuleDescriptor::rawVersion))
                .orElse("development");
    }
}
