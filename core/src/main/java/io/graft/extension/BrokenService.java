package io.graft.extension;

/**
 * A provider of a service that cannot be used, and why.
 *
 * @param className the provider's class; empty if it is not known
 * @param origin name of the jar or folder that lists it
 */
public record BrokenService(String className, String origin, ServiceFailure failure) {
    /** What is wrong, in one line. */
    public String sentence() {
        return (className.isEmpty() ? origin : "`" + className + "` of " + origin) + " " + failure.reason();
    }
}
