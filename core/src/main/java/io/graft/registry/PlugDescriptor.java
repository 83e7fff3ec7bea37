package io.graft.registry;

import java.util.List;

/**
 * What people and tools need to know of what a jar brings, a modifier for one, without loading it.
 *
 * @param id the id by which a configuration asks for it
 * @param aliases other names for it
 * @param className fully qualified name of its class
 * @param documentation first the summary sentence; plain text from the class's Javadoc
 * @param options its options, in the order of the record's components
 */
public record PlugDescriptor(
        String id, List<String> aliases, String className, String documentation, List<OptionDescriptor> options) {
    public PlugDescriptor {
        aliases = List.copyOf(aliases);
        options = List.copyOf(options);
    }

    /** One without other names; generated providers call this, which a compiler reads faster than lists. */
    public static PlugDescriptor of(String id, String className, String documentation, OptionDescriptor... options) {
        return new PlugDescriptor(id, List.of(), className, documentation, List.of(options));
    }

    /** The same with other names for it. */
    public PlugDescriptor withAliases(String... others) {
        return new PlugDescriptor(id, List.of(others), className, documentation, options);
    }

    /** The first sentence of the documentation. */
    public String summary() {
        int end = documentation.indexOf(". ");
        return end < 0 ? documentation.lines().findFirst().orElse("") : documentation.substring(0, end + 1);
    }

    /**
     * One option.
     *
     * @param key kebab-case key; dotted for a key of a nested record, which lists and maps may hold
     * @param type for people: {@code list of string}, {@code one of load, keep}
     * @param defaultValue as written in a file; empty if the option is required or optional without default
     * @param required whether a file must give it
     * @param constraints for people: {@code between 1 and 4096}; those of an option that only one of several kinds of object has
     *     begin with {@code if KEY = KIND}
     * @param documentation from the record's {@code @param}
     * @param aliases other keys for it
     * @param formerKeys what the key was called before; still read, with a warning
     * @param secret whether its value is never shown
     */
    public record OptionDescriptor(
            String key,
            String type,
            String defaultValue,
            boolean required,
            List<String> constraints,
            String documentation,
            List<String> aliases,
            List<String> formerKeys,
            boolean secret) {
        public OptionDescriptor {
            constraints = List.copyOf(constraints);
            aliases = List.copyOf(aliases);
            formerKeys = List.copyOf(formerKeys);
        }

        /** An option with one key, whose value may be shown. */
        public OptionDescriptor(
                String key,
                String type,
                String defaultValue,
                boolean required,
                List<String> constraints,
                String documentation) {
            this(key, type, defaultValue, required, constraints, documentation, List.of(), List.of(), false);
        }

        /** An option with one key, whose value may be shown; as generated providers write it. */
        public static OptionDescriptor of(
                String key,
                String type,
                String defaultValue,
                boolean required,
                String documentation,
                String... constraints) {
            return new OptionDescriptor(key, type, defaultValue, required, List.of(constraints), documentation);
        }

        /** The same option with other keys for it. */
        public OptionDescriptor withAliases(String... others) {
            return new OptionDescriptor(
                    key, type, defaultValue, required, constraints, documentation, List.of(others), formerKeys, secret);
        }

        /** The same option with what its key was called before. */
        public OptionDescriptor withFormerKeys(String... former) {
            return new OptionDescriptor(
                    key, type, defaultValue, required, constraints, documentation, aliases, List.of(former), secret);
        }

        /** The same option, whose value is never shown. */
        public OptionDescriptor asSecret() {
            return new OptionDescriptor(
                    key, type, defaultValue, required, constraints, documentation, aliases, formerKeys, true);
        }
    }
}
