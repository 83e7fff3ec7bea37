package io.graft.modifiers.lora;

import io.graft.checkpoint.source.CheckpointRef;
import io.graft.config.Alias;
import io.graft.config.Check;
import io.graft.config.CheckSink;
import io.graft.config.Decode;
import io.graft.config.Default;
import io.graft.config.Exclusive;
import io.graft.config.Matches;
import io.graft.config.NotBlank;
import io.graft.config.Range;
import io.graft.config.Requires;
import io.graft.config.decoding.AnyDecoder;
import io.graft.layer.LayerKind;
import io.graft.layer.Names;
import io.graft.model.rules.Rule;
import io.graft.modifiers.lora.options.BiasTraining;
import io.graft.modifiers.lora.options.FactorInit;
import io.graft.modifiers.lora.options.Layers;
import io.graft.modifiers.lora.options.LoftqConfig;
import io.graft.modifiers.lora.options.RowNumbers;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Options of the lora modifier. The keys of PEFT's configuration are here under their own names, so that an {@code
 * adapter_config.json} can be included as it is.
 *
 * @param adapterPath an adapter that was trained before: a folder or a file as lora-merge takes it. Rank, targets and all that is of the
 *     adapter itself come from its files, so that those options must not be given
 * @param targetModules the modules to adapt: a list of names and dotted ends of names; one regular expression for whole names; or {@code
 *     all-linear}, every linear layer but the one that computes a language model's outputs
 * @param excludeModules modules that are not adapted, whatever names them, in the same forms
 * @param targetParameters parameters to adapt for themselves, such as the weights of all experts of a layer, by the dotted ends of their
 *     names
 * @param rank of each update
 * @param alpha each update is multiplied by this, divided by the rank
 * @param useRslora whether it is divided by the root of the rank instead
 * @param rankPattern other ranks for single modules, by regular expressions for the ends of their names
 * @param alphaPattern other alphas for single modules, by the same
 * @param layersToTransform the numbers of the layers to adapt; all if not given
 * @param layersPattern the names of the lists of layers that these numbers count; the first number in a name counts if not given
 * @param dropout the part of the inputs that an update does not see in training; for linear layers alone: which convolutions are adapted
 *     without it is told
 * @param useDora whether updates give the direction of weights only, and a trained number for each output its length (DoRA)
 * @param bias which biases are trained and saved with the adapter: {@code none}, {@code all}, or those of adapted modules ({@code
 *     lora-only})
 * @param loraBias whether each update has a bias of its own, too
 * @param modulesToSave modules that are trained whole and saved with the adapter, as a new head; the model's own values stay below them
 * @param trainableTokenIndices rows of embeddings that are trained: a list for the embedding of the inputs, or an object with a list for
 *     each name of an embedding
 * @param ensureWeightTying whether a tensor that the model has under several names is adapted under all of them; if not, it is no longer
 *     one tensor
 * @param init how factors start: {@code default}, {@code random}, {@code gaussian}, {@code orthogonal}, {@code pissa}, {@code
 *     pissa_niter_N}, {@code olora} or {@code loftq}; PEFT's {@code true} and {@code false} are the first two. What pissa and olora take
 *     out of a weight is kept beside the factors, and the weight stays as it is: the adapter is saved as a plain one of twice the rank.
 *     loftq starts from what a quantization in the same run, before this modifier, loses of the weight
 * @param seed which random factors follow from, with the name of the tensor
 * @param fanInFanOut what PEFT says of transposed weights; the model's layers tell, and it is warned of where they say otherwise
 * @param adapter the adapter's name
 * @param weight how much the adapter counts, below 0 too; 0 puts it there inactive
 * @param replace whether an adapter of this name, if the model has one, gives way to this one, whatever its rank and targets; if not, it
 *     is an error
 * @param trainBase whether what is not adapted stays as trainable as it is; if not, it is frozen
 * @param layers what kind of layer modules are, where names, types and biases do not tell: selectors of modules, each with {@code linear},
 *     {@code transposed}, {@code embedding} or {@code convolution}
 * @param groups into how many groups the channels of convolutions fall, where a running model does not tell: selectors of modules, each
 *     with a number, {@code groups { "**.depthwise" = 64 }}
 * @param strict whether a name or pattern that fits nothing, or a saved module that the model lacks, is an error; if not, it is a
 *     warning
 * @param prefix with adapter-path, as lora-merge takes it
 * @param rename with adapter-path, as lora-merge takes it
 * @param dialect with adapter-path, as lora-merge takes it
 * @param taskType PEFT's word for what the model does, {@code SEQ_CLS}; kept in the adapter's file, and all-linear leaves out the head of
 *     a classifier
 * @param baseModelNameOrPath kept in the adapter's file
 * @param revision kept in the adapter's file
 * @param autoMapping kept in the adapter's file
 * @param peftType {@code LORA}
 * @param peftVersion without an effect
 * @param inferenceMode without an effect
 * @param megatronCore without an effect
 * @param qaloraGroupSize without an effect
 * @param loftqConfig how {@code init = loftq} is done, {@code loftq-iter}; without an effect on others
 * @param evaConfig of an init that is refused, and without an effect
 * @param cordaConfig of an init that is refused, and without an effect
 * @param loraGaConfig of an init that is refused, and without an effect
 * @param veloraConfig refused where it asks for anything
 * @param useQalora refused where it asks for anything
 * @param useBdlora refused where it asks for anything
 * @param kasaConfig refused where it asks for anything
 * @param montecloraConfig refused where it asks for anything
 * @param arrowConfig refused where it asks for anything
 * @param aloraInvocationTokens refused where it asks for anything
 * @param layerReplication refused where it asks for anything
 * @param megatronConfig refused where it asks for anything
 */
@Exclusive(
        key = "adapter-path",
        with = {
            "target-modules",
            "target-parameters",
            "exclude-modules",
            "rank",
            "alpha",
            "use-rslora",
            "rank-pattern",
            "alpha-pattern",
            "layers-to-transform",
            "layers-pattern",
            "use-dora",
            "bias",
            "lora-bias",
            "modules-to-save",
            "trainable-token-indices",
            "init",
            "layers",
            "groups"
        })
@Requires(key = "rename", with = "adapter-path")
@Requires(key = "prefix", with = "adapter-path")
@Requires(key = "dialect", with = "adapter-path")
public record LoraOptions(
        Optional<CheckpointRef> adapterPath,
        Optional<Names> targetModules,
        Optional<Names> excludeModules,
        Optional<Names> targetParameters,
        @Alias("r") @Default("8") @Range(min = 1) int rank,
        @Alias("lora-alpha") @Default("8") double alpha,
        @Default("false") boolean useRslora,
        Map<String, Integer> rankPattern,
        Map<String, Double> alphaPattern,
        Optional<Layers> layersToTransform,
        Optional<Names> layersPattern,

        @Alias("lora-dropout") @Default("0.0") @Range(min = 0, max = 1, exclusiveMax = true)
        double dropout,

        @Default("false") boolean useDora,
        @Default("none") BiasTraining bias,
        @Default("false") boolean loraBias,
        Optional<Names> modulesToSave,
        Optional<RowNumbers> trainableTokenIndices,
        @Default("false") boolean ensureWeightTying,
        @Alias("init-lora-weights") @Default("default") FactorInit init,
        @Default("0") long seed,
        Optional<Boolean> fanInFanOut,

        @Alias("adapter-name") @Default("default") @Matches("[^./\\\\]+")
        String adapter,

        @Default("1.0") double weight,
        @Default("false") boolean replace,
        @Default("false") boolean trainBase,
        Map<String, LayerKind> layers,
        Map<String, Integer> groups,
        @Default("true") boolean strict,
        @Default("auto") @NotBlank String prefix,
        List<Rule> rename,
        Optional<String> dialect,
        Optional<String> taskType,
        Optional<String> baseModelNameOrPath,
        Optional<String> revision,
        @Decode(AnyDecoder.class) Optional<Object> autoMapping,
        @Default("LORA") @Matches("LORA") String peftType,
        Optional<String> peftVersion,
        @Default("false") boolean inferenceMode,
        Optional<String> megatronCore,
        Optional<Integer> qaloraGroupSize,
        Optional<LoftqConfig> loftqConfig,
        @Decode(AnyDecoder.class) Optional<Object> evaConfig,
        @Decode(AnyDecoder.class) Optional<Object> cordaConfig,
        @Decode(AnyDecoder.class) Optional<Object> loraGaConfig,
        @Decode(AnyDecoder.class) Optional<Object> veloraConfig,
        @Decode(AnyDecoder.class) Optional<Object> useQalora,
        @Decode(AnyDecoder.class) Optional<Object> useBdlora,
        @Decode(AnyDecoder.class) Optional<Object> kasaConfig,
        @Decode(AnyDecoder.class) Optional<Object> montecloraConfig,
        @Decode(AnyDecoder.class) Optional<Object> arrowConfig,
        @Decode(AnyDecoder.class) Optional<Object> aloraInvocationTokens,
        @Decode(AnyDecoder.class) Optional<Object> layerReplication,
        @Decode(AnyDecoder.class) Optional<Object> megatronConfig) {
    public LoraOptions {
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern));
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
        layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
        rename = List.copyOf(rename);
        if (!Double.isFinite(alpha) || !Double.isFinite(weight)) {
            throw new IllegalArgumentException("alpha " + alpha + " and weight " + weight + " must be finite numbers");
        }
    }

    @Check
    static void fitTogether(LoraOptions options, CheckSink sink) {
        new OptionChecks(options, sink).run();
    }
}
