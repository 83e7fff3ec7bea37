package com.acme;

import io.graft.ModelModifier;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;
import javax.annotation.processing.Generated;

/**
 * Offers {@code LoraModelModifier} under the id {@code lora}.
 */
@Generated("io.graft.processor.PlugBindingProcessor")
public final class LoraModelModifier_Provider implements ModifierProvider {
    private static final PlugDescriptor DESCRIPTOR = PlugDescriptor.of(
            "lora",
            "com.acme.LoraModelModifier",
            "Adds low-rank updates. Only B and A train.",
            PlugDescriptor.OptionDescriptor.of(
                    "rank", "integer", "8", false,
                    "rank of the low-rank update", "between 1 and 4096"),
            PlugDescriptor.OptionDescriptor.of(
                    "alpha", "number", "16", false,
                    "scale of the update; the factor is alpha / rank", "more than 0"),
            PlugDescriptor.OptionDescriptor.of(
                    "target-modules", "list of selector", "", true,
                    "modules to adapt", "not empty"),
            PlugDescriptor.OptionDescriptor.of(
                    "init", "one of zeros, kaiming-uniform", "zeros", false,
                    "how the update begins"),
            PlugDescriptor.OptionDescriptor.of(
                    "files", "list of path", "", false,
                    "files to read"),
            PlugDescriptor.OptionDescriptor.of(
                    "warmup", "duration", "", false,
                    "time before the update counts"),
            PlugDescriptor.OptionDescriptor.of(
                    "ranks", "map from string to integer", "", false,
                    "ranks of single modules"),
            PlugDescriptor.OptionDescriptor.of(
                    "limits", "map from one of zeros, kaiming-uniform to integer", "", false,
                    "limits of the kinds"),
            PlugDescriptor.OptionDescriptor.of(
                    "rename", "list of object", "", false,
                    "what to call the adapters"),
            PlugDescriptor.OptionDescriptor.of(
                    "rename.from", "string", "", true,
                    "the old name", "not blank"),
            PlugDescriptor.OptionDescriptor.of(
                    "rename.to", "string", "", true,
                    "the new name", "between 1 and 99 characters"))
            .withAliases("org.example.Lora");

    public LoraModelModifier_Provider() {
    }

    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public PlugDescriptor descriptor() {
        return DESCRIPTOR;
    }

    @Override
    public Bound<ModelModifier> bind(ConfigCursor object) {
        return new LoraOptions_Binder().bind(object).map(LoraModelModifier::new);
    }
}
