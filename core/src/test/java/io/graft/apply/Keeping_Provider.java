package io.graft.apply;

import io.graft.ModelModifier;
import io.graft.config.Bound;
import io.graft.config.ConfigCursor;
import io.graft.registry.ModifierDescriptor;
import io.graft.registry.ModifierProvider;

/** As the processor would generate it. */
public final class Keeping_Provider implements ModifierProvider {
    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public ModifierDescriptor descriptor() {
        return ModifierDescriptor.of(
                "keeping",
                Keeping.class.getName(),
                "Freezes tensors by name.",
                ModifierDescriptor.OptionDescriptor.of("tensors", "list of string", "", true, "their names"),
                ModifierDescriptor.OptionDescriptor.of("token", "string", "none", false, "a secret")
                        .asSecret(),
                ModifierDescriptor.OptionDescriptor.of("strict", "boolean", "true", false, "whether all must be"));
    }

    @Override
    public Bound<ModelModifier> bind(ConfigCursor entry) {
        return new KeepingOptions_Binder().bind(entry).map(Keeping::new);
    }
}
