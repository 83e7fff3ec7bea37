package io.graft.registry;

/**
 * A modifier that can be used.
 *
 * @param origin name of the jar or folder that it comes from
 * @param version of that jar, from its manifest or its module descriptor; empty if it says none
 */
public record RegisteredModifier(
        ModifierDescriptor descriptor, String origin, String version, ModifierProvider provider) {
    /** Its id. */
    public String id() {
        return descriptor.id();
    }
}
