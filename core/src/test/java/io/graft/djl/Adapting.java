package io.graft.djl;

import io.graft.ModelModifier;
import io.graft.Modifier;
import io.graft.ModifierContext;
import io.graft.config.reading.Bound;
import io.graft.config.reading.ConfigCursor;
import io.graft.model.ModelDraft;
import io.graft.registry.ModifierProvider;
import io.graft.registry.PlugDescriptor;

/** Puts an adapter on `encoder.weight` of {@link M43}. */
@Modifier("adapting")
public final class Adapting implements ModelModifier {
    @Override
    public void apply(ModelDraft model, ModifierContext context) {
        model.parametrize("encoder.weight", "default", Methods.lora(3, 2, 4, 2, 0));
    }

    /** As the processor would generate it. */
    public static final class Provider implements ModifierProvider {
        @Override
        public int apiLevel() {
            return 1;
        }

        @Override
        public PlugDescriptor descriptor() {
            return PlugDescriptor.of("adapting", Adapting.class.getName(), "Adapts.");
        }

        @Override
        public Bound<ModelModifier> bind(ConfigCursor entry) {
            return entry.object().finish(Adapting::new);
        }
    }
}
