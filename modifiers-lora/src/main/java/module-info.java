import io.graft.command.CommandProvider;
import io.graft.lora.dialect.AdapterDialect;
import io.graft.lora.dialect.builtin.DiffusersDialect;
import io.graft.lora.dialect.builtin.KohyaDialect;
import io.graft.lora.dialect.builtin.MlxDialect;
import io.graft.lora.dialect.builtin.PeftDialect;
import io.graft.lora.dialect.builtin.TorchtuneDialect;
import io.graft.lora.method.AdapterMethod;
import io.graft.lora.method.builtin.Ia3;
import io.graft.lora.method.builtin.Lokr;
import io.graft.lora.method.builtin.Vera;
import io.graft.modifiers.lora.AdapterModelModifier_Provider;
import io.graft.modifiers.lora.LoraMergeModelModifier_Provider;
import io.graft.modifiers.lora.LoraModelModifier_Provider;
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

    exports io.graft.lora.dialect;
    exports io.graft.lora.method;
    exports io.graft.modifiers.lora;
    exports io.graft.modifiers.lora.extract;
    exports io.graft.modifiers.lora.options;
    exports io.graft.modifiers.lora.resize;

    opens io.graft.modifiers.lora.command to
            info.picocli;

    uses AdapterDialect;
    uses AdapterMethod;

    provides AdapterDialect with
            DiffusersDialect,
            KohyaDialect,
            MlxDialect,
            PeftDialect,
            TorchtuneDialect;
    provides AdapterMethod with
            Ia3,
            Lokr,
            Vera;
    provides CommandProvider with
            LoraCommands;
    provides ModifierProvider with
            AdapterModelModifier_Provider,
            LoraMergeModelModifier_Provider,
            LoraModelModifier_Provider;
}
