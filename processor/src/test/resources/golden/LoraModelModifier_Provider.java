package com.acme;

import io.graft.ModelModifier;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.registry.ModifierDescriptor;
import io.graft.registry.ModifierProvider;
import java.util.List;
import javax.annotation.processing.Generated;

/**
 * Offers {@code LoraModelModifier} under the id {@code lora}.
 */
@Generated("io.graft.processor.ModifierBindingProcessor")
public final class LoraModelModifier_Provider implements ModifierProvider {
    private static final ModifierDescriptor DESCRIPTOR = new ModifierDescriptor(
            "lora",
            List.of("org.example.Lora"),
            "com.acme.LoraModelModifier",
            "Adds low-rank updates. Only B and A train.",
            List.of(
                    new ModifierDescriptor.OptionDescriptor(
                            "rank", "integer", "8", false, List.of("between 1 and 4096"),
                            "rank of the low-rank update"),
                    new ModifierDescriptor.OptionDescriptor(
                            "alpha", "number", "16", false, List.of("more than 0"),
                            "scale of the update; the factor is alpha / rank"),
                    new ModifierDescriptor.OptionDescriptor(
                            "target-modules", "list of selector", "", true, List.of("not empty"),
                            "modules to adapt"),
                    new ModifierDescriptor.OptionDescriptor(
                            "init", "one of zeros, kaiming-uniform", "zeros", false, List.of(),
                            "how the update begins"),
                    new ModifierDescriptor.OptionDescriptor(
                            "files", "list of path", "", false, List.of(),
                            "files to read"),
                    new ModifierDescriptor.OptionDescriptor(
                            "warmup", "duration", "", false, List.of(),
                            "time before the update counts"),
                    new ModifierDescriptor.OptionDescriptor(
                            "ranks", "map from string to integer", "", false, List.of(),
                            "ranks of single modules"),
                    new ModifierDescriptor.OptionDescriptor(
                            "limits", "map from one of zeros, kaiming-uniform to integer", "", false, List.of(),
                            "limits of the kinds"),
                    new ModifierDescriptor.OptionDescriptor(
                            "rename", "list of object", "", false, List.of(),
                            "what to call the adapters"),
                    new ModifierDescriptor.OptionDescriptor(
                            "rename.from", "string", "", true, List.of("not blank"),
                            "the old name"),
                    new ModifierDescriptor.OptionDescriptor(
                            "rename.to", "string", "", true, List.of("between 1 and 99 characters"),
                            "the new name")));

    public LoraModelModifier_Provider() {
    }

    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public ModifierDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Bound<ModelModifier> bind(ConfigCursor entry) {
        return new LoraOptions_Binder().bind(entry).map(LoraModelModifier::new);
    }
}
