package io.graft.modifiers.lora;

import io.graft.layer.LayerKind;
import io.graft.layer.LayerKinds;
import io.graft.layer.NamePatterns;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.parametrization.Parametrization;
import io.graft.model.tree.DottedPath;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.options.LoftqConfig;
import io.graft.modifiers.lora.start.Quantization;
import io.graft.modifiers.lora.start.Site;
import io.graft.modifiers.lora.start.Start;
import io.graft.modifiers.lora.target.ConvolutionGroups;
import io.graft.modifiers.lora.target.NamedLayers;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.BiasUpdate;
import io.graft.modifiers.lora.update.DoraUpdate;
import io.graft.modifiers.lora.update.Factors;
import io.graft.modifiers.lora.update.SavedTensor;
import io.graft.modifiers.lora.update.ShiftedUpdate;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.LazyTensor;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Plans the updates of an adapter that starts: their shapes, what they hold at first, and what of that is taken out of the base. */
final class NewAdapter {
    private final LoraOptions options;
    private final AdapterConfig config;
    private final ModelDraft model;
    private final LayerKinds kinds;
    private final ConvolutionGroups groups;
    private final NamedLayers named;
    private final UpdateUse use;
    private final Findings findings;
    private final List<Edit> edits = new ArrayList<>();
    private final List<String> convolutions = new ArrayList<>();
    private final List<String> ungrouped = new ArrayList<>();
    private boolean hasTransposed;
    private boolean hasLinear;

    NewAdapter(
            LoraOptions options,
            AdapterConfig config,
            ModelDraft model,
            LayerKinds kinds,
            ConvolutionGroups groups,
            UpdateUse use,
            Findings findings) {
        this.options = options;
        this.config = config;
        this.model = model;
        this.kinds = kinds;
        this.groups = groups;
        this.named = new NamedLayers(model, kinds, findings);
        this.use = use;
        this.findings = findings;
    }

    /**
     * The edits that put updates on modules and parameters.
     *
     * @param modules each with what names it
     * @param parameters each with what names it
     */
    List<Edit> plan(Map<String, String> modules, Map<String, String> parameters) {
        modules.forEach(this::planModule);
        use.tellOfDropout(convolutions);
        if (!ungrouped.isEmpty()) {
            findings.warn("nothing tells whether convolutions are in groups, and their factors are those of one group: "
                    + FirstFew.names(ungrouped) + "; PEFT does not load them for one in groups, which groups { \"**."
                    + DottedPath.last(ungrouped.get(0)) + "\" = 2 } would say");
        }
        Map<String, Integer> left = new LinkedHashMap<>();
        parameters.keySet().forEach(name -> left.merge(DottedPath.parent(name), 1, Integer::sum));
        parameters.forEach((name, entry) -> {
            // PEFT wraps the module once for each of its parameters: the first is the innermost.
            int outer = left.merge(DottedPath.parent(name), -1, Integer::sum);
            planParameter(name, entry, DottedPath.parent(name) + ".base_layer".repeat(outer));
        });
        if (options.modelLayers().fanInFanOut().isPresent()
                && hasTransposed != hasLinear
                && options.modelLayers().fanInFanOut().get() != hasTransposed) {
            findings.warn("fan-in-fan-out is "
                    + options.modelLayers().fanInFanOut().get() + ", and the layers that are adapted are "
                    + (hasTransposed ? "stored as [in, out]" : "stored as [out, in]") + ": they are taken as they are");
        }
        return edits;
    }

    private void planModule(String module, String entry) {
        named.find(module, entry).ifPresent(layer -> {
            LayerKind kind = layer.kind();
            OptionalInt known = kind == LayerKind.CONVOLUTION ? groups.of(module) : OptionalInt.of(1);
            if (kind == LayerKind.CONVOLUTION) {
                convolutions.add(module);
            }
            if (known.isEmpty()) {
                ungrouped.add(module);
            }
            hasTransposed |= kind == LayerKind.TRANSPOSED;
            hasLinear |= kind == LayerKind.LINEAR;
            Arrangement way = kind == LayerKind.CONVOLUTION
                    ? Arrangement.CONVOLUTION
                    : kind == LayerKind.LINEAR ? Arrangement.LINEAR : Arrangement.TRANSPOSED;
            planUpdate(module, module, entry, layer.weight(), way, known.orElse(1), kind == LayerKind.EMBEDDING);
        });
    }

    private void planParameter(String name, String entry, String path) {
        DraftTensor tensor = model.find(name).orElseThrow();
        int rank = tensor.shape().rank();
        if (rank != 2 && rank != 3) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "target-parameters",
                    "`" + name + "`, which `" + entry + "` names, has the shape " + tensor.shape()
                            + "; parameters of two and three axes can be adapted",
                    "");
            return;
        }
        boolean isTransposed = kinds.isTransposed(DottedPath.parent(name));
        Arrangement way =
                rank == 2 ? Arrangement.LINEAR : isTransposed ? Arrangement.TRANSPOSED_EXPERTS : Arrangement.EXPERTS;
        planUpdate(name, path, entry, tensor, way, 1, false);
    }

    private void planUpdate(
            String name,
            String path,
            String entry,
            DraftTensor tensor,
            Arrangement way,
            int parts,
            boolean isEmbedding) {
        Optional<NamePatterns<Double>> ambiguous = config.ambiguous(name);
        if (ambiguous.isPresent()) {
            NamePatterns<Double> patterns = ambiguous.get();
            findings.error(
                    ProblemCode.NAME_COLLISION,
                    patterns.key().replace('_', '-'),
                    "`" + name + "` fits patterns with the values " + patterns.valuesOf(name),
                    "keep one pattern for each module");
            return;
        }
        if (!named.isComputable(tensor)) {
            return;
        }
        long rank = (long) config.rank(name);
        if (!isDivided(name, tensor, rank, parts)) {
            return;
        }
        double alpha = config.alpha(name);
        double scale = config.scale(alpha, rank);
        Site site = new Site(
                tensor.name(),
                held(tensor),
                quantization(tensor),
                way,
                parts,
                isEmbedding,
                rank,
                scale,
                options.start().seed());
        Start start = Start.of(
                options.start().init(),
                options.start().loftqConfig().map(LoftqConfig::loftqIter).orElse(1));
        Optional<String> refusal = start.refusal(site);
        if (refusal.isPresent()) {
            findings.error(ProblemCode.UNSUPPORTED_CHANGE, "init", "`" + name + "` " + refusal.get(), "");
            return;
        }
        if (rank > site.highestRank()) {
            findings.warn("`" + name + "` gets factors of rank " + rank + ", and no update of it has more than rank "
                    + site.highestRank());
        }
        String description = "rank " + rank + ", alpha " + AdapterSettings.plain(alpha) + ", for `" + entry + "`";
        Start.Pair pair;
        try {
            pair = start.factors(site);
        } catch (IllegalArgumentException wrong) {
            findings.error(ProblemCode.UNSUPPORTED_CHANGE, "loftq-config", "`" + name + "` " + wrong.getMessage(), "");
            return;
        }
        pair.quantized()
                .ifPresent(values -> edits.add(Edit.of(
                        tensor.name(),
                        draft -> draft.requantize(
                                tensor.name(),
                                SavedTensor.of("the weight without the update of loftq", values),
                                OptionalDouble.empty()))));
        double dropout = use.dropout(way, isEmbedding);
        Factors factors = isEmbedding
                ? Factors.ofEmbedding(pair.a(), pair.b(), scale)
                : Factors.of(pair.a(), pair.b(), scale, dropout);
        edits.add(use.update(tensor, path, false, update(description, factors, tensor, way)));
        if (options.update().loraBias()) {
            planBias(name, path, scale);
        }
    }

    /** Of a weight that was quantized before, what its codes stand for: nothing else is left of it. */
    private static LazyTensor held(DraftTensor tensor) {
        return tensor.cameStored() ? tensor.held().orElseGet(tensor::ground) : tensor.ground();
    }

    /** Whether the outputs of a layer and its rank fall into groups; if not, that is told. */
    private boolean isDivided(String name, DraftTensor tensor, long rank, int parts) {
        long outputs = tensor.shape().dimension(0);
        if (parts > 1 && outputs % parts != 0) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "groups",
                    "`" + name + "` has " + outputs + " outputs, which do not fall into " + parts + " groups",
                    "");
            return false;
        }
        if (rank % parts != 0) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "rank",
                    "`" + name + "` is in " + parts + " groups, and its rank of " + rank + " is no multiple of them",
                    "give it one of its own: rank-pattern { \"" + DottedPath.last(name) + "\" = "
                            + (rank / parts + 1) * parts + " }");
            return false;
        }
        return true;
    }

    /** What a storage of this run gives; one that the model came with tells nothing of the values before. */
    private static Optional<Quantization> quantization(DraftTensor tensor) {
        return tensor.cameStored()
                ? Optional.empty()
                : tensor.storage()
                        .map(storage -> new Quantization(
                                storage.parametrization(), tensor.held().orElseThrow()));
    }

    private Parametrization update(String description, Factors factors, DraftTensor tensor, Arrangement way) {
        if (options.start().init().isTakenOut()) {
            return ShiftedUpdate.of(description, factors, way == Arrangement.TRANSPOSED);
        }
        Parametrization lowRank = way.update(description, factors);
        return options.update().useDora() ? DoraUpdate.starting(lowRank, tensor, way.outputAxis()) : lowRank;
    }

    private void planBias(String module, String path, double scale) {
        Optional<DraftTensor> bias = model.find(module + ".bias");
        if (bias.isEmpty()) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "lora-bias",
                    "`" + module + "` has no bias that one of the update could be added to",
                    "leave it out with exclude-modules, or adapt without lora-bias");
            return;
        }
        Shape shape = bias.get().shape();
        DType dtype = Factors.dtypeFor(bias.get().dtype());
        Initializer zeros = Initializer.of(Initializer.Kind.ZEROS);
        edits.add(use.update(
                bias.get(),
                path,
                false,
                BiasUpdate.of("bias of the update", zeros.tensor(0, bias.get().name(), dtype, shape, shape), scale)));
    }
}
