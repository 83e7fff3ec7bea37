package io.graft.djl.tree;

import ai.djl.nn.Block;
import ai.djl.nn.core.Embedding;
import ai.djl.nn.core.Prelu;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.LayerNorm;
import ai.djl.nn.recurrent.RecurrentBlock;
import ai.djl.nn.transformer.IdEmbedding;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PyTorch's names for the parameters of DJL's layers. */
final class PyTorchNames {
    private static final Map<String, String> NORM =
            Map.of("gamma", "weight", "beta", "bias", "runningMean", "running_mean", "runningVar", "running_var");
    private static final Map<String, String> EMBEDDING = Map.of("embedding", "weight");
    private static final Pattern RECURRENT = Pattern.compile("([lr])_(\\d+)_(i2h|h2h)_(WEIGHT|BIAS)");

    private PyTorchNames() {}

    /** The name that PyTorch gives to a layer's parameter: DJL's own name where they agree or the layer is not DJL's. */
    static String of(Block layer, String parameter) {
        if (layer instanceof BatchNorm || layer instanceof LayerNorm) {
            return NORM.getOrDefault(parameter, parameter);
        }
        if (layer instanceof Embedding || layer instanceof IdEmbedding) {
            return EMBEDDING.getOrDefault(parameter, parameter);
        }
        if (layer instanceof Prelu) {
            return parameter.equals("alpha") ? "weight" : parameter;
        }
        if (layer instanceof RecurrentBlock) {
            return recurrent(parameter);
        }
        return parameter;
    }

    private static String recurrent(String parameter) {
        Matcher matcher = RECURRENT.matcher(parameter);
        if (!matcher.matches()) {
            return parameter;
        }
        return (matcher.group(4).equals("WEIGHT") ? "weight" : "bias")
                + (matcher.group(3).equals("i2h") ? "_ih" : "_hh")
                + "_l"
                + matcher.group(2)
                + (matcher.group(1).equals("r") ? "_reverse" : "");
    }
}
