package io.graft.modifiers.lora.config;

import io.graft.lora.dialect.AdapterSettings;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code target_parameters}: the parameters that are adapted for themselves, such as the weights of all experts of a layer, by the
 * dotted ends of their names.
 */
public record TargetParameters(List<String> entries) {
    public static final String KEY = "target_parameters";

    static TargetParameters of(AdapterSettings settings) {
        return new TargetParameters(settings.texts(KEY));
    }

    /** The names of the parameters of a module that are adapted, in the configuration's order; none if the module itself is. */
    public List<String> of(String module) {
        return entries.stream().flatMap(entry -> name(entry, module)).distinct().toList();
    }

    private static Stream<String> name(String entry, String module) {
        int dot = entry.lastIndexOf('.');
        String of = entry.substring(0, Math.max(0, dot));
        boolean fits = of.isEmpty() || module.equals(of) || module.endsWith("." + of);
        return fits ? Stream.of(module + "." + entry.substring(dot + 1)) : Stream.empty();
    }

    /** The entries that are parameters of none of the modules. */
    public List<String> unmatched(Collection<String> modules) {
        return entries.stream()
                .filter(entry -> modules.stream()
                        .allMatch(module -> name(entry, module).findAny().isEmpty()))
                .toList();
    }
}
