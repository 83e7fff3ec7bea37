package io.graft.modifiers.lora;

import io.graft.lora.dialect.AdapterSettings;
import io.graft.model.DottedPath;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.model.Parametrization;
import io.graft.model.TensorKind;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.layer.LayerKinds;
import io.graft.modifiers.lora.options.LayerKind;
import io.graft.modifiers.lora.pattern.NamePatterns;
import io.graft.modifiers.lora.start.Site;
import io.graft.modifiers.lora.start.Start;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.BiasUpdate;
import io.graft.modifiers.lora.update.DoraUpdate;
import io.graft.modifiers.lora.update.Factors;
import io.graft.modifiers.lora.update.ShiftedUpdate;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.Initializer;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Plans the updates of an adapter that starts: their shapes, what they hold at first, and what of that is taken out of the base. */
final class NewAdapter {
    private final LoraOptions options;
    private final AdapterConfig config;
    private final ModelDraft model;
    private final LayerKinds kinds;
    private final UpdateUse use;
    private final Findings findings;
    private final List<Edit> edits = new ArrayList<>();
    private final List<String> convolutions = new ArrayList<>();
    private boolean hasTransposed;
    private boolean hasLinear;

    NewAdapter(
            LoraOptions options,
            AdapterConfig config,
            ModelDraft model,
            LayerKinds kinds,
            UpdateUse use,
            Findings findings) {
        this.options = options;
        this.config = config;
        this.model = model;
        this.kinds = kinds;
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
        if (!convolutions.isEmpty()) {
            findings.warn("nothing tells whether convolutions are in groups, and their factors are those of one group: "
                    + FirstFew.names(convolutions) + "; PEFT does not load them for one in groups");
        }
        Map<String, Integer> left = new LinkedHashMap<>();
        parameters.keySet().forEach(name -> left.merge(DottedPath.parent(name), 1, Integer::sum));
        parameters.forEach((name, entry) -> {
            // PEFT wraps the module once for each of its parameters: the first is the innermost.
            int outer = left.merge(DottedPath.parent(name), -1, Integer::sum);
            planParameter(name, entry, DottedPath.parent(name) + ".base_layer".repeat(outer));
        });
        if (options.fanInFanOut().isPresent()
                && hasTransposed != hasLinear
                && options.fanInFanOut().get() != hasTransposed) {
            findings.warn("fan-in-fan-out is " + options.fanInFanOut().get() + ", and the layers that are adapted are "
                    + (hasTransposed ? "stored as [in, out]" : "stored as [out, in]") + ": they are taken as they are");
        }
        return edits;
    }

    private void planModule(String module, String entry) {
        Optional<DraftTensor> weight =
                model.find(module + ".weight").filter(tensor -> tensor.kind() == TensorKind.PARAMETER);
        if (weight.isEmpty()) {
            unsupported(module, entry, "has no weight");
            return;
        }
        Optional<LayerKind> kind = kinds.of(module, weight.get());
        if (kind.isEmpty()) {
            unsupported(module, entry, unknown(module, weight.get()));
            return;
        }
        boolean isEmbedding = kind.get() == LayerKind.EMBEDDING;
        boolean isConvolution = kind.get() == LayerKind.CONVOLUTION;
        if (isConvolution
                ? weight.get().shape().rank() < 3
                : weight.get().shape().rank() != 2) {
            unsupported(
                    module,
                    entry,
                    "is said to be " + kind.get().name().toLowerCase(Locale.ROOT) + ", and its weight has the shape "
                            + weight.get().shape());
            return;
        }
        if (isConvolution) {
            convolutions.add(module);
        }
        hasTransposed |= kind.get() == LayerKind.TRANSPOSED;
        hasLinear |= kind.get() == LayerKind.LINEAR;
        Arrangement way = isConvolution
                ? Arrangement.CONVOLUTION
                : kind.get() == LayerKind.LINEAR ? Arrangement.LINEAR : Arrangement.TRANSPOSED;
        planUpdate(module, module, entry, weight.get(), way, isEmbedding);
    }

    private String unknown(String module, DraftTensor weight) {
        String type = model.tree().moduleType(module);
        if (!type.isEmpty()) {
            return "is a " + type;
        }
        return weight.shape().rank() == 2
                ? "may be linear, transposed or an embedding: neither the model's config.json nor a bias tells"
                : "has a weight of the shape " + weight.shape() + ", which is that of no layer that can be adapted";
    }

    private void unsupported(String module, String entry, String why) {
        boolean mayBeSaid = why.startsWith("may be ");
        findings.error(
                ProblemCode.UNSUPPORTED_CHANGE,
                "target-modules",
                "`" + module + "`, which `" + entry + "` names, " + why,
                mayBeSaid
                        ? "say it: layers { \"" + pattern(module) + "\" = linear }"
                        : "linear layers, embeddings and convolutions can be adapted; exclude-modules leaves others out");
    }

    private static String pattern(String module) {
        return "**." + DottedPath.last(module);
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
        planUpdate(name, path, entry, tensor, way, false);
    }

    private void planUpdate(
            String name, String path, String entry, DraftTensor tensor, Arrangement way, boolean isEmbedding) {
        Optional<NamePatterns> ambiguous = config.ambiguous(name);
        if (ambiguous.isPresent()) {
            NamePatterns patterns = ambiguous.get();
            findings.error(
                    ProblemCode.NAME_COLLISION,
                    patterns.key().replace('_', '-'),
                    "`" + name + "` fits patterns with the values " + patterns.valuesOf(name),
                    "keep one pattern for each module");
            return;
        }
        if (!Factors.areComputable(tensor.dtype())) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "target-modules",
                    "`" + tensor.name() + "` is " + tensor.dtype() + "; F16, BF16, F32 and F64 can be adapted",
                    "cast it before");
            return;
        }
        long rank = (long) config.rank(name);
        double alpha = config.alpha(name);
        double scale = config.scale(alpha, rank);
        Site site = new Site(tensor.name(), tensor.ground(), way, isEmbedding, rank, scale, options.seed());
        Start start = Start.of(options.init());
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
        Start.Pair pair = start.factors(site);
        double dropout = isEmbedding || way.isOfExperts() ? 0 : options.dropout();
        Factors factors = isEmbedding
                ? Factors.ofEmbedding(pair.a(), pair.b(), scale)
                : Factors.of(pair.a(), pair.b(), scale, dropout);
        edits.add(use.update(tensor, path, false, update(description, factors, tensor, way)));
        if (options.loraBias()) {
            planBias(name, path, scale);
        }
    }

    private Parametrization update(String description, Factors factors, DraftTensor tensor, Arrangement way) {
        if (options.init().isTakenOut()) {
            return ShiftedUpdate.of(description, factors, way == Arrangement.TRANSPOSED);
        }
        Parametrization lowRank = way.update(description, factors);
        return options.useDora() ? DoraUpdate.starting(lowRank, tensor, way.outputAxis()) : lowRank;
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
