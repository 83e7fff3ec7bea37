package io.graft.modifiers.lora.options;

import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.layer.LayerKind;
import io.graft.model.tree.Selector;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Options of what the layers of the model are, where it does not tell.
 *
 * @param fanInFanOut what PEFT says of transposed weights; the model's layers tell, and it is warned of where they say otherwise
 * @param layers what kind of layer modules are, where names, types and biases do not tell: selectors of modules, each with {@code linear},
 *     {@code transposed}, {@code embedding} or {@code convolution}
 * @param groups into how many groups the channels of convolutions fall, where the model does not tell, as a checkpoint: selectors of modules, each
 *     with a number, {@code groups { "**.depthwise" = 64 }}
 */
public record LayerOptions(Optional<Boolean> fanInFanOut, Map<String, LayerKind> layers, Map<String, Integer> groups) {
    public LayerOptions {
        layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    }

    @Check
    static void areSelectors(LayerOptions options, CheckSink sink) {
        options.layers().keySet().forEach(selector -> {
            try {
                Selector.parse(selector);
            } catch (IllegalArgumentException malformed) {
                sink.on("layers").error(malformed.getMessage());
            }
        });
        options.groups().forEach((selector, groups) -> {
            if (groups < 1) {
                sink.on("groups").error("gives `" + selector + "` " + groups + " groups, and there is one at least");
            }
        });
    }
}
