import io.graft.modifiers.lora.LoraMergeModelModifier_Provider;
import io.graft.registry.ModifierProvider;

/** Modifiers of the LoRA family, and their options for programs that make them without a file. */
module io.graft.modifiers.lora {
    requires transitive io.graft.core;
    requires tools.jackson.core;
    requires static org.jspecify;

    exports io.graft.modifiers.lora;

    provides ModifierProvider with
            LoraMergeModelModifier_Provider;
}
