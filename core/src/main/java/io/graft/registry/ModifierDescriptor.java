package io.graft.registry;

import java.util.List;

/**
 * What people and tools need to know of a modifier without loading it.
 *
 * @param id the id that a configuration gives as {@code type}
 * @param aliases other names for it
 * @param className fully qualified name of the modifier's class
 * @param documentation first the summary sentence; plain text from the class's Javadoc
 * @param options its options, in the order of the record's components
 */
public record ModifierDescriptor(
        String id, List<String> aliases, String className, String documentation, List<OptionDescriptor> options) {
    public ModifierDescriptor {
        aliases = List.copyOf(aliases);
        options = List.copyOf(options);
    }

    /** The first sentence of the documentation. */
    public String summary() {
        int end = documentation.indexOf(". ");
        return end < 0 ? documentation.lines().findFirst().orElse("") : documentation.substring(0, end + 1);
    }

    /**
     * One option.
     *
     * @param key kebab-case key; dotted for a key of a nested record
     * @param type for people: {@code list of string}, {@code one of load, keep}
     * @param defaultValue as written in a file; empty if the option is required or optional without default
     * @param required whether a file must give it
     * @param constraints for people: {@code between 1 and 4096}
     * @param documentation from the record's {@code @param}
     */
    public record OptionDescriptor(
            String key,
            String type,
            String defaultValue,
            boolean required,
            List<String> constraints,
            String documentation) {
        public OptionDescriptor {
            constraints = List.copyOf(constraints);
        }
    }
}
