package io.graft.modifiers.lora.trained;

import io.graft.layer.NamePatterns;
import io.graft.lora.dialect.AdapterSettings;
import io.graft.lora.dialect.AdapterSource;
import io.graft.lora.dialect.AdapterTensor;
import io.graft.model.DraftTensor;
import io.graft.model.parametrization.Parametrization;
import io.graft.modifiers.lora.config.AdapterConfig;
import io.graft.modifiers.lora.edit.Edit;
import io.graft.modifiers.lora.edit.Findings;
import io.graft.modifiers.lora.placing.NameMapping;
import io.graft.modifiers.lora.placing.Placement;
import io.graft.modifiers.lora.reading.LowRank;
import io.graft.modifiers.lora.update.Arrangement;
import io.graft.modifiers.lora.update.BiasUpdate;
import io.graft.modifiers.lora.update.ChannelGroups;
import io.graft.modifiers.lora.update.DoraUpdate;
import io.graft.modifiers.lora.update.Factors;
import io.graft.modifiers.lora.use.UpdateUse;
import io.graft.modifiers.lora.value.FiniteTensor;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import io.graft.tensor.LazyTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes of each update the edits of the weight that it is for, and of the module's bias. */
final class Merging {
    private final AdapterConfig config;
    private final UpdateUse use;
    private final AdapterSource source;
    private final NameMapping names;
    private final Findings findings;

    Merging(AdapterConfig config, UpdateUse use, AdapterSource source, NameMapping names, Findings findings) {
        this.config = config;
        this.use = use;
        this.source = source;
        this.names = names;
        this.findings = findings;
    }

    List<Edit> plan(List<Placement> placements) {
        List<Edit> edits = new ArrayList<>();
        placements.forEach(placement -> plan(placement, edits));
        use.tellOfDropout(placements.stream()
                .filter(placement -> placement.arrangement() == Arrangement.CONVOLUTION)
                .map(Placement::name)
                .toList());
        return edits;
    }

    private void plan(Placement placement, List<Edit> edits) {
        LowRank update = placement.update();
        DraftTensor target = placement.weight();
        Optional<Double> scale = scale(placement);
        if (!computable(target, update.dtypes()) || !magnitudeFits(placement) || scale.isEmpty()) {
            return;
        }
        edits.add(use.update(target, update.path(), false, updateOf(placement, scale.get())));
        update.bias().ifPresent(bias -> planBias(update, bias, scale.get(), edits));
    }

    private Parametrization updateOf(Placement placement, double scale) {
        LowRank update = placement.update();
        Arrangement way = placement.arrangement();
        LazyTensor a = tensor(update.a());
        if (way == Arrangement.CONVOLUTION
                && ChannelGroups.areAll(a.shape(), placement.weight().shape())) {
            a = ChannelGroups.gathered(a, ChannelGroups.of(a.shape(), update.b().shape()));
        }
        FiniteTensor b = tensor(update.b());
        boolean isWhole = update.magnitude().isPresent();
        Factors factors = update.isEmbedding()
                ? Factors.ofEmbedding(a, b, scale)
                : Factors.of(a, b, scale, isWhole ? 0 : use.dropout(way, false));
        Parametrization lowRank = way.update(describe(rank(placement), scale), factors);
        return update.magnitude()
                .<Parametrization>map(magnitude -> DoraUpdate.of(lowRank, tensor(magnitude), way.outputAxis()))
                .orElse(lowRank);
    }

    private FiniteTensor tensor(AdapterTensor entry) {
        return new FiniteTensor(source, entry);
    }

    private String describe(long rank, double scale) {
        return "add lora of rank " + rank + ", scale " + scale + ", from " + source.uri();
    }

    private void planBias(LowRank update, AdapterTensor bias, double scale, List<Edit> edits) {
        Optional<DraftTensor> target =
                names.find(List.of(update.module() + ".bias", update.module() + ".in_proj_bias"));
        if (target.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter has a bias for `" + update.module() + "`, which has none in the model",
                    "");
        } else if (!bias.shape().equals(target.get().shape())) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + target.get().name() + "` does not fit: " + bias.shape() + " in the adapter, "
                            + target.get().shape() + " in the model",
                    "");
        } else if (computable(target.get(), Stream.of(bias.dtype()))) {
            edits.add(use.update(
                    target.get(), update.path(), false, BiasUpdate.of(describe(1, scale), tensor(bias), scale)));
        }
    }

    private boolean computable(DraftTensor target, Stream<DType> dtypes) {
        List<DType> all = dtypes.toList();
        boolean floats = Factors.areComputable(target.dtype()) && all.stream().allMatch(Factors::areComputable);
        if (!floats) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "`" + target.name() + "` is " + target.dtype() + " in the model and " + all.get(0)
                            + " in the adapter; F16, BF16, F32 and F64 can be merged",
                    "convert the one that is not before");
        }
        return floats;
    }

    private boolean magnitudeFits(Placement placement) {
        long outputs =
                placement.weight().shape().dimension(placement.arrangement().outputAxis());
        Optional<AdapterTensor> misfit = placement
                .update()
                .magnitude()
                .filter(magnitude -> magnitude.shape().elementCount() != outputs
                        || placement.arrangement().ranks(placement.weight().shape()) > 1);
        misfit.ifPresent(magnitude -> findings.error(
                ProblemCode.SHAPE_MISMATCH,
                "`" + magnitude.key() + "` has the shape " + magnitude.shape() + ", and `"
                        + placement.weight().name() + "` has " + outputs + " outputs",
                "the adapter was trained on another model"));
        return misfit.isEmpty();
    }

    /** The rank by the factors. */
    private static long rank(Placement placement) {
        return placement.update().a().shape().dimension(0)
                / placement.arrangement().ranks(placement.weight().shape());
    }

    /** The scale by the configuration; empty if that does not fit the factors. */
    private Optional<Double> scale(Placement placement) {
        Optional<NamePatterns<Double>> ambiguous = config.ambiguous(placement.name());
        if (ambiguous.isPresent()) {
            NamePatterns<Double> patterns = ambiguous.get();
            findings.error(
                    ProblemCode.NAME_COLLISION,
                    "the adapter's `" + patterns.key() + "` gives `" + placement.name() + "` the values "
                            + patterns.valuesOf(placement.name()),
                    "keep one entry of the pattern for each module");
            return Optional.empty();
        }
        double rank = config.rank(placement.name());
        if (rank != rank(placement)) {
            LowRank update = placement.update();
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + placement.name() + "` has the rank " + rank(placement) + " by its factors, "
                            + update.a().shape() + " and " + update.b().shape()
                            + ", and another one by the adapter's configuration, " + AdapterSettings.plain(rank),
                    "the two files may be of different adapters");
            return Optional.empty();
        }
        double alpha = config.alpha(placement.name());
        return Optional.of(placement.update().times() * config.scale(alpha, rank(placement)));
    }
}
