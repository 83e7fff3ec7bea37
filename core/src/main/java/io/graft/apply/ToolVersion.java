package io.graft.apply;

/** Graft's own version. */
final class ToolVersion {
    private ToolVersion() {}

    /** What the build wrote into the jar's manifest, or {@code development} if the classes do not come from a jar. */
    static String get() {
        String version = ToolVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
