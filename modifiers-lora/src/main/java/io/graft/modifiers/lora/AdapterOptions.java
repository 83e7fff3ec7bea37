package io.graft.modifiers.lora;

import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.Matches;
import io.graft.config.decoding.AnyDecoder;
import io.graft.layer.LayerKind;
import io.graft.layer.Names;
import io.graft.modifiers.lora.options.Layers;
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
 * @param excludeModules modules that are not adapted, whatever names them
 * @param rankPattern other ranks for single modules, where the method has ranks
 * @param alphaPattern other alphas for single modules
 * @param layersToTransform the numbers of the layers to adapt; all if not given
 * @param layersPattern the names of the lists of layers that these numbers count
 * @param modulesToSave modules that are trained whole and saved with the adapter
 * @param seed which random values follow from, with the name of the module
 * @param adapter the adapter's name
 * @param weight how much the adapter counts, below 0 too; 0 puts it there inactive
 * @param replace whether an adapter of this name, if the model has one, gives way to this one, whatever its rank and targets; if not, it
 *     is an error
 * @param trainBase whether what is not adapted stays as trainable as it is; if not, it is frozen
 * @param layers what kind of layer modules are, as {@code lora} takes it
 * @param strict whether a name or pattern that fits nothing is an error; if not, it is a warning
 * @param taskType PEFT's word for what the model does, kept in the adapter's file
 */
public record AdapterOptions(
        String method,
        @Decode(AnyDecoder.class) Optional<Object> settings,
        Names targetModules,
        Optional<Names> excludeModules,
        Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern,
        Optional<Layers> layersToTransform,
        Optional<Names> layersPattern,
        Optional<Names> modulesToSave,
        @Default("0") long seed,

        @Alias("adapter-name") @Default("default") @Matches("[^./\\\\]+")
        String adapter,

        @Default("1.0") double weight,
        @Default("false") boolean replace,
        @Default("false") boolean trainBase,
        Map<String, LayerKind> layers,
        @Default("true") boolean strict,
        Optional<String> taskType) {
    public AdapterOptions {
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
        layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
    }

    @Check
    static void fitTogether(AdapterOptions options, CheckSink sink) {
        OptionChecks.checkName(options.adapter(), sink);
        if (!Double.isFinite(options.weight())) {
            sink.on("weight").error("is " + options.weight() + ", and must be a finite number");
        }
        if (options.settings().filter(value -> !(value instanceof Map)).isPresent()) {
            sink.on("settings").error("must be an object, as { r = 4 }");
        }
        if (options.modulesToSave().filter(Names::isExpression).isPresent()) {
            sink.on("modules-to-save").error("must be a list of names, not one text");
        }
    }
}
