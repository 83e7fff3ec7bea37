package io.graft.registry;

import io.graft.registry.PlugDescriptor.OptionDescriptor;
import java.util.Optional;

/**
 * What a problem of an option's value says of the option: {@code lora (acme-lora-1.2.jar): "Rank of the update."
 * default 8}.
 */
final class OptionNotes {
    private OptionNotes() {}

    /**
     * What is known of an option.
     *
     * @param key dotted for a key of a nested record; each step may be another name of its key
     */
    static Optional<String> of(RegisteredPlug<?> plug, String key) {
        String above = "";
        Optional<OptionDescriptor> found = Optional.empty();
        for (String step : key.split("\\.", -1)) {
            found = called(plug, above, step);
            above = found.map(option -> option.key() + ".").orElse(above + step + ".");
        }
        return found.filter(option -> !option.documentation().isEmpty()).map(option -> note(plug, option));
    }

    private static Optional<OptionDescriptor> called(RegisteredPlug<?> plug, String above, String name) {
        return plug.descriptor().options().stream()
                .filter(option -> option.key().startsWith(above) && option.key().indexOf('.', above.length()) < 0)
                .filter(option -> option.key().equals(above + name)
                        || option.aliases().contains(name)
                        || option.formerKeys().contains(name))
                .findFirst();
    }

    private static String note(RegisteredPlug<?> plug, OptionDescriptor option) {
        String note = "%s (%s): \"%s\"".formatted(plug.id(), plug.origin(), option.documentation());
        return option.defaultValue().isEmpty() ? note : note + " default " + option.defaultValue();
    }
}
