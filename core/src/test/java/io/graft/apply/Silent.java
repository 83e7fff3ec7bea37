package io.graft.apply;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.config.decoding.Decoders;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.config.reading.Key;
import io.graft.config.reading.ObjectBinding;
import io.graft.model.ModelDraft;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;

/** Freezes a tensor, and does not tell which. */
@Modifier("silent")
final class Silent implements ModelModifier {
    private final String tensor;

    Silent(String tensor) {
        this.tensor = tensor;
    }

    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        model.freeze(tensor);
    }

    /** As an older processor would have generated it. */
    public static final class Provider implements ModifierProvider {
        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return PlugDescriptor.of(
                    "silent",
                    Silent.class.getName(),
                    "Freezes.",
                    PlugDescriptor.OptionDescriptor.of("tensor", "string", "", true, "which"));
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            ObjectBinding object = entry.object();
            Key<String> tensor = object.key("tensor", Decoders.string()).required();
            return object.finish(() -> new Silent(tensor.get()));
        }
    }
}
