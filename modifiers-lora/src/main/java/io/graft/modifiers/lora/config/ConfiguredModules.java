package io.graft.modifiers.lora.config;

import io.graft.layer.ModuleNames;
import io.graft.layer.Names;
import io.graft.lora.dialect.AdapterSettings;
import java.util.Optional;

/** Modules that an adapter's configuration names, under the keys that PEFT has for them. */
public final class ConfiguredModules {
    private ConfiguredModules() {}

    /** {@code target_modules}; empty where all linear layers are meant, or nothing is said. */
    public static Optional<ModuleNames> targets(AdapterSettings settings) {
        String key = "target_modules";
        return settings.isOn(key) && !names(key, settings).isAllLinear()
                ? Optional.of(under(key, settings))
                : Optional.empty();
    }

    /** {@code exclude_modules}, in the same forms; without entries if it is off. */
    static ModuleNames excluded(AdapterSettings settings) {
        return under("exclude_modules", settings);
    }

    /** The modules of another key, in the same forms; without entries if it is off. */
    public static ModuleNames under(String key, AdapterSettings settings) {
        return ModuleNames.of(key, names(key, settings), settings.location());
    }

    /** {@code modules_to_save}: names, which stand for what is under them too. */
    public static ModuleNames saved(AdapterSettings settings) {
        String key = "modules_to_save";
        return ModuleNames.withAllUnder(key, settings.texts(key));
    }

    private static Names names(String key, AdapterSettings settings) {
        return settings.isOn(key) && settings.get(key) instanceof String expression
                ? Names.expression(expression)
                : new Names(false, settings.texts(key));
    }
}
