package io.graft.modifiers.lora;

import io.graft.SourceCheckpoint;
import io.graft.checkpoint.TensorEntry;
import io.graft.model.DraftTensor;
import io.graft.model.ModelDraft;
import io.graft.problem.FirstFew;
import io.graft.problem.ProblemCode;
import io.graft.tensor.DType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the weight that each pair of factors updates, and how. */
final class Merging {
    private static final Set<DType> COMPUTABLE = EnumSet.of(DType.F32, DType.F16, DType.BF16);

    private final AdapterConfig config;
    private final SourceCheckpoint source;
    private final NameMapping names;
    private final ModelDraft model;
    private final Findings findings;

    Merging(AdapterConfig config, SourceCheckpoint source, NameMapping names, ModelDraft model, Findings findings) {
        this.config = config;
        this.source = source;
        this.names = names;
        this.model = model;
        this.findings = findings;
    }

    List<Merge> plan(AdapterTensors adapter) {
        List<Merge> merges = new ArrayList<>();
        List<String> homeless = new ArrayList<>();
        Orientation orientation = new Orientation(config.transposed());
        List<DraftTensor> weights = new ArrayList<>();
        for (LowRank update : adapter.updates()) {
            Optional<DraftTensor> weight =
                    names.find(update.module() + ".weight").flatMap(model::find);
            weight.ifPresentOrElse(
                    found -> orientation.see(update, found.shape()), () -> homeless.add(update.module()));
            weights.add(weight.orElse(null));
        }
        if (!homeless.isEmpty()) {
            findings.error(
                    ProblemCode.UNEXPECTED_TENSOR,
                    "the adapter changes modules that the model does not have: " + FirstFew.names(homeless),
                    names.nearest(homeless.get(0) + ".weight"));
        }
        for (int i = 0; i < weights.size(); i++) {
            if (weights.get(i) != null) {
                merge(adapter.updates().get(i), weights.get(i), orientation, merges);
            }
        }
        return merges;
    }

    private void merge(LowRank update, DraftTensor weight, Orientation orientation, List<Merge> merges) {
        Optional<Double> scale = scale(update);
        Optional<Boolean> transposed = orientation.of(update, weight, findings);
        if (!computable(weight, update.a(), update.b()) || scale.isEmpty() || transposed.isEmpty()) {
            return;
        }
        merges.add(new Merge(
                weight.name(), LowRankUpdate.of(source, update.a(), update.b(), scale.get(), transposed.get())));
        update.bias().ifPresent(bias -> mergeBias(update, bias, scale.get(), merges));
    }

    private void mergeBias(LowRank update, TensorEntry bias, double scale, List<Merge> merges) {
        Optional<DraftTensor> target = names.find(update.module() + ".bias").flatMap(model::find);
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
        } else if (computable(target.get(), bias)) {
            merges.add(new Merge(target.get().name(), LowRankUpdate.OfBias.of(source, bias, scale)));
        }
    }

    private boolean computable(DraftTensor target, TensorEntry... entries) {
        boolean floats = COMPUTABLE.contains(target.dtype());
        for (TensorEntry entry : entries) {
            floats &= COMPUTABLE.contains(entry.dtype());
        }
        if (!floats) {
            findings.error(
                    ProblemCode.UNSUPPORTED_CHANGE,
                    "`" + target.name() + "` is " + target.dtype() + " in the model and " + entries[0].dtype()
                            + " in the adapter; F16, BF16 and F32 can be merged",
                    "convert the one that is not before");
        }
        return floats;
    }

    /** The scale by the configuration; empty if that does not fit the factors. */
    private Optional<Double> scale(LowRank update) {
        List<Double> ranks = config.rankPattern().valuesOf(update.module());
        List<Double> alphas = config.alphaPattern().valuesOf(update.module());
        if (ranks.size() > 1 || alphas.size() > 1) {
            NamePatterns patterns = ranks.size() > 1 ? config.rankPattern() : config.alphaPattern();
            findings.error(
                    ProblemCode.NAME_COLLISION,
                    "the adapter's `" + patterns.key() + "` gives `" + update.module() + "` the values "
                            + patterns.valuesOf(update.module()),
                    "keep one entry of the pattern for each module");
            return Optional.empty();
        }
        double rank = ranks.isEmpty() ? config.rank() : ranks.get(0);
        if (rank != update.rank()) {
            findings.error(
                    ProblemCode.SHAPE_MISMATCH,
                    "`" + update.module() + "` has the rank " + update.rank() + " by its factors, "
                            + update.a().shape() + " and " + update.b().shape()
                            + ", and another one by the adapter's configuration, " + number(rank),
                    "the two files may be of different adapters");
            return Optional.empty();
        }
        return Optional.of(config.scale(alphas.isEmpty() ? config.alpha() : alphas.get(0), update.rank()));
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
