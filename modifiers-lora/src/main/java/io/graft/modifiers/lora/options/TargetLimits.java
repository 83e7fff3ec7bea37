package io.graft.modifiers.lora.options;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.layer.Names;
import java.util.Optional;

/**
 * Options of what is left of the modules that are named.
 *
 * @param excludeModules modules that are not adapted, whatever names them, in the same forms
 * @param layersToTransform the numbers of the layers to adapt; all if not given
 * @param layersPattern the names of the lists of layers that these numbers count; the first number in a name counts if not given
 */
public record TargetLimits(
        Optional<Names> excludeModules, Optional<Layers> layersToTransform, Optional<Names> layersPattern) {
    @Check
    static void patternCounts(TargetLimits limits, CheckSink sink) {
        if (limits.layersPattern().isPresent() && limits.layersToTransform().isEmpty()) {
            sink.on("layers-pattern").error("names lists of layers, and layers-to-transform does not say which layers");
        }
        if (limits.layersPattern().filter(Names::isAllLinear).isPresent()) {
            sink.on("layers-pattern").error("names lists of layers, as `layers`");
        }
    }
}
