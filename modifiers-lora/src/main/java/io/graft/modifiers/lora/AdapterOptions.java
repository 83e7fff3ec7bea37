package io.graft.modifiers.lora;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.Flatten;
import io.graft.config.decoding.AnyDecoder;
import io.graft.layer.LayerKind;
import io.graft.layer.Names;
import io.graft.modifiers.lora.options.ModulePatterns;
import io.graft.modifiers.lora.options.StandingOptions;
import io.graft.modifiers.lora.options.TargetLimits;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Options of the adapter modifier.
 *
 * @param method how weights are adapted: {@code ia3}, {@code vera}, {@code lokr}, or one that a jar brings
 * @param settings what the method has to know, by PEFT's keys: {@code feedforward_modules} of IA3, {@code r} of VeRA and LoKr
 * @param targetModules the modules to adapt, as {@code lora} takes them
 * @param limits which of them are not adapted
 * @param patterns of single modules, where the method has ranks
 * @param modulesToSave modules that are trained whole and saved with the adapter
 * @param seed which random values follow from, with the name of the module
 * @param standing how it stands on the model
 * @param layers what kind of layer modules are, as {@code lora} takes it
 * @param strict whether a name or pattern that fits nothing is an error; if not, it is a warning
 * @param taskType PEFT's word for what the model does, kept in the adapter's file
 */
public record AdapterOptions(
        String method,
        @Decode(AnyDecoder.class) Optional<Object> settings,
        Names targetModules,
        @Flatten TargetLimits limits,
        @Flatten ModulePatterns patterns,
        Optional<Names> modulesToSave,
        @Default("0") long seed,
        @Flatten StandingOptions standing,
        Map<String, LayerKind> layers,
        @Default("true") boolean strict,
        Optional<String> taskType) {
    public AdapterOptions {
        layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    }

    @Check
    static void fitTogether(AdapterOptions options, CheckSink sink) {
        if (options.settings().filter(value -> !(value instanceof Map)).isPresent()) {
            sink.on("settings").error("must be an object, such as { r = 4 }");
        }
        if (options.modulesToSave().filter(Names::isExpression).isPresent()) {
            sink.on("modules-to-save").error("must be a list of names, not one text");
        }
    }
}
