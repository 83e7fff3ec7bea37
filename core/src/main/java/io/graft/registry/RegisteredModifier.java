package io.graft.registry;

/**
 * A modifier that can be used.
 *
 * @param origin name of the jar or folder that it comes from
 * @param version of that jar, from its manifest or its module descriptor; empty if it says none
 * @param apiLevel the level of the API that its provider was generated for
 */
public record RegisteredModifier(
        ModifierDescriptor descriptor, String origin, String version, int apiLevel, ModifierProvider provider) {
    /** Its id. */
    public String id() {
        return descriptor.id();
    }
}
