import io.graft.command.CommandProvider;
import io.graft.modifiers.lora.LoraMergeModelModifier_Provider;
import io.graft.modifiers.lora.command.LoraCommands;
import io.graft.registry.ModifierProvider;

/** Modifiers of the LoRA family, and their options for programs that make them without a file; commands about adapters. */
module io.graft.modifiers.lora {
    requires transitive io.graft.core;
    requires ejml.core;
    requires ejml.ddense;
    requires tools.jackson.core;

    // The command line brings it.
    requires static info.picocli;
    requires static com.google.auto.service;
    requires static org.jspecify;

    exports io.graft.modifiers.lora;
    exports io.graft.modifiers.lora.resize;

    opens io.graft.modifiers.lora.command to
            info.picocli;

    provides CommandProvider with
            LoraCommands;
    provides ModifierProvider with
            LoraMergeModelModifier_Provider;
}
