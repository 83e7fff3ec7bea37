package io.graft.report;

import io.graft.extension.BuildVersion;

/** Graft's own version. */
final class ToolVersion {
    private ToolVersion() {}

    /** The version; {@code development} if the classes come neither from a jar nor from a module. */
    static String get() {
        return BuildVersion.of(ToolVersion.class).orElse("development");
    }
}
