package io.graft.extension;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** The version of what a class comes from. */
public final class BuildVersion {
    private BuildVersion() {}

    /** What the build wrote into the jar's manifest, or on the module path into the descriptor; empty if it wrote none. */
    public static Optional<String> of(Class<?> type) {
        return Optional.ofNullable(type.getPackage().getImplementationVersion())
                .or(() -> Optional.ofNullable(type.getModule().getDescriptor()).flatMap(ModuleDescriptor::rawVersion));
    }
}
