package io.graft.apply;

import io.graft.ModelModifier;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;

/** As the processor would generate it. */
public final class Keeping_Provider implements ModifierProvider {
    @Override
    public int apiLevel() {
        return 1;
    }

    @Override
    public PlugDescriptor descriptor() {
        return PlugDescriptor.of(
                "keeping",
                Keeping.class.getName(),
                "Freezes tensors by name.",
                PlugDescriptor.OptionDescriptor.of("tensors", "list of string", "", true, "their names"),
                PlugDescriptor.OptionDescriptor.of("token", "string", "none", false, "a secret")
                        .asSecret(),
                PlugDescriptor.OptionDescriptor.of("strict", "boolean", "true", false, "whether all must be"));
    }

    @Override
    public Bound<ModelModifier> bind(ConfigCursor entry) {
        return new KeepingOptions_Binder().bind(entry).map(Keeping::new);
    }
}
