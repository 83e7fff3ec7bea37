package io.graft.registry;

import io.graft.registry.ModifierDescriptor.OptionDescriptor;
import java.util.Optional;

/**
 * What a problem of an option's value says of the option: {@code lora (acme-lora-1.2.jar): "Rank of the update."
 * default 8}.
 */
final class OptionNotes {
    private OptionNotes() {}

    static Optional<String> of(RegisteredModifier modifier, String key) {
        return modifier.descriptor().options().stream()
                .filter(option -> option.key().equals(key))
                .filter(option -> !option.documentation().isEmpty())
                .findFirst()
                .map(option -> note(modifier, option));
    }

    private static String note(RegisteredModifier modifier, OptionDescriptor option) {
        String note = "%s (%s): \"%s\"".formatted(modifier.id(), modifier.origin(), option.documentation());
        return option.defaultValue().isEmpty() ? note : note + " default " + option.defaultValue();
    }
}
