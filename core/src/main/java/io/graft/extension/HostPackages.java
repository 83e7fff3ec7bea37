package io.graft.extension;

import java.util.List;

/**
 * The classes that an extension shares with everything else: those of Java, of Graft's core, and of what core's API speaks of. DJL
 * is among them because a native library loads into one class loader only, picocli because the command reads its annotations.
 */
final class HostPackages {
    private static final List<String> SHARED = List.of(
            "java.", "javax.", "jdk.", "ai.djl.", "com.typesafe.config.", "org.slf4j.", "org.jspecify.", "picocli.");
    private static final String CORE = "io.graft.";
    private static final List<String> CORE_PACKAGES = List.of(
            "apply.",
            "checkpoint.",
            "command.",
            "config.",
            "convert.",
            "djl.",
            "extension.",
            "layer.",
            "migration.",
            "model.",
            "problem.",
            "registry.",
            "report.",
            "tensor.",
            "torchscript.");

    private HostPackages() {}

    /** Whether the host's class is taken where there is one. */
    static boolean contain(String className) {
        return SHARED.stream().anyMatch(className::startsWith) || isCore(className);
    }

    /** Whether a class is one of graft-core; {@code io.graft.modifiers} and others that begin so are not. */
    static boolean isCore(String className) {
        if (!className.startsWith(CORE)) {
            return false;
        }
        String rest = className.substring(CORE.length());
        return rest.indexOf('.') < 0 || CORE_PACKAGES.stream().anyMatch(rest::startsWith);
    }
}
